// Кто ответил и о чём: правила, по которым ответ элемента хранения вообще считается ответом.

import { ArtError } from '@artstore/contracts';
import { neighbourError, readError } from './call-json.ts';
import type { JsonReply } from './call-json.ts';

/** Кого зовём: имя элемента известно заранее, адрес — из реестра. */
export interface ElementAddress {
  readonly id: string;
  readonly url: string;
}

/** Делает вызов с токеном элемента; отвергнутый токен (401) забывает и пробует ещё раз с новым. */
export type Authorize = <R extends { readonly status: number }>(
  storageId: string,
  signal: AbortSignal | undefined,
  attempt: (authorization: string) => Promise<R>,
) => Promise<R>;

/** Сверяет имя ответившего: по адресу элемента мог оказаться другой элемент или посторонний сервер. */
export function checkAnswerer(reply: Pick<JsonReply, 'headers'>, expectedId: string): void {
  const actual = reply.headers['artstore-storage-id'];
  if (actual !== expectedId) throw wrongElement(expectedId, typeof actual === 'string' ? actual : 'none');
}

export function wrongElement(expectedId: string, actual: string): ArtError {
  return new ArtError('SE_UNAVAILABLE', {
    explain: {
      ru: 'По адресу элемента хранения отвечает не он.',
      en: 'Something else answers at the address of the storage element.',
    },
    cause: new Error(`expected storage element ${expectedId}, answered ${actual.slice(0, 64)}`),
  });
}

/** Ошибка элемента; «нет файла» верна, только если названы этот элемент и этот файл (hazards, sync 7). */
export function elementError(reply: JsonReply, storageId: string, fileId: string | undefined): ArtError {
  const error = readError(reply);
  if (error?.code === 'FILE_NOT_FOUND' && (error.storageId !== storageId || error.fileId !== fileId)) {
    return new ArtError('SE_UNAVAILABLE', { cause: new Error('FILE_NOT_FOUND names another file or element') });
  }
  return neighbourError(reply, 'SE_UNAVAILABLE');
}
