// Поиск файла, который мог остаться от прежней попытки с тем же ключом повтора. Веса жребия меняются вместе со
// свободным местом, а часть попыток уходит на запасной элемент, поэтому первого кандидата спросить мало.

import { isArtError } from '@artstore/contracts';
import type { AdminClient, ElementFile, FileMetadata, StorageElement, StorageElementClient } from '@artstore/clients';
import type { ElementList } from '../elements/element-list.ts';

export type StoredCopy =
  | { readonly kind: 'registered'; readonly file: FileMetadata }
  | { readonly kind: 'unregistered'; readonly file: ElementFile; readonly element: StorageElement };

export interface FindStored {
  readonly elements: ElementList;
  readonly storage: Pick<StorageElementClient, 'getFile'>;
  readonly admin: Pick<AdminClient, 'getFile'>;
  readonly fileId: string;
  /** Куда файл пошёл бы сейчас: его спрашивать незачем, PUT того же файла там и так безопасен. */
  readonly first: StorageElement | undefined;
  readonly signal: AbortSignal;
  readonly log: { warn(record: object, message: string): void };
}

/** Сколько элементов спрашивать разом. */
const PROBES_MAX = 64;
const PROBE_TIMEOUT_MS = 3_000;

/**
 * Прежняя копия или undefined. Недоступный сосед ответом не считается: файл с тем же именем на двух элементах
 * остаётся одним файлом реестра, а отказ из-за одного выключенного элемента остановил бы загрузки совсем.
 */
export async function findStored(o: FindStored): Promise<StoredCopy | undefined> {
  const limits = AbortSignal.any([o.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
  const others = o.elements
    .known()
    .filter((element) => element.id !== o.first?.id && element.status !== 'offline')
    .slice(0, PROBES_MAX);
  const [registered, ...found] = await Promise.all([
    unlessAbsent(o, 'registry', () => o.admin.getFile(o.fileId, limits)),
    ...others.map(async (element): Promise<StoredCopy | undefined> => {
      const file = await unlessAbsent(o, element.id, () => o.storage.getFile(element, o.fileId, limits));
      return file && { kind: 'unregistered', file, element };
    }),
  ]);
  o.signal.throwIfAborted();
  if (registered) return { kind: 'registered', file: withoutElement(registered) };
  return found.find((copy) => copy !== undefined);
}

async function unlessAbsent<T>(o: FindStored, asked: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (err) {
    if (!isArtError(err, 'FILE_NOT_FOUND') && !isArtError(err, 'NOT_FOUND') && !o.signal.aborted) {
      o.log.warn({ event: 'stored_copy_unknown', fileId: o.fileId, asked, err }, 'не удалось узнать, есть ли уже файл');
    }
    return undefined;
  }
}

function withoutElement<T extends { storage_element_id: string }>(file: T): Omit<T, 'storage_element_id'> {
  const { storage_element_id: _, ...rest } = file;
  return rest;
}
