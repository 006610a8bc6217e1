// Одна загрузка: имя файла, выбор элемента, передача байтов, запись в реестр. Ничего не помнит между вызовами.
//
// История сбоя, из-за которой порядок таков:
// 1. Сначала байты на элементе, потом строка реестра: строка без файла обещала бы то, чего нет.
// 2. Элемент сохранил, реестр недоступен — клиент получает 202, строку допишет синхронизация.
// 3. Элемент сохранил, ответ потерялся — повтор с тем же ключом приходит с тем же именем файла: сначала ищем файл
//    в реестре и на прочих элементах и лишь потом передаём, поэтому второго файла не бывает.

import { ArtError, isArtError } from '@artstore/contracts';
import type { AdminClient, FileIntent, StorageElement, StorageElementClient } from '@artstore/clients';
import type { Readable } from 'node:stream';
import type { ElementList } from '../elements/element-list.ts';
import { orderCandidates } from './choose-element.ts';
import { deriveFileId, drawLot, newFileId } from './file-id.ts';
import { findStored } from './find-stored.ts';
import type { StoredCopy } from './find-stored.ts';
import { hashBody, readHead } from './read-body.ts';
import type { RegisterFile, Registered } from './register-file.ts';

/** Файл до этого размера целиком помещается в память: его можно предложить другому элементу и послать с длиной. */
export const SMALL_FILE_BYTES_MAX = 64 * 1024;

export interface Upload {
  readonly caller: string;
  readonly idempotencyKey: string | undefined;
  /** Проверенное значение Repr-Digest: `sha-256=:base64:`. */
  readonly digest: string | undefined;
  readonly intent: FileIntent;
  readonly body: Readable;
  /** Сколько байт файла уже прочитано; по концу — его длина. */
  readonly bytesRead: () => number;
  readonly sizeMax: number | undefined;
  readonly signal: AbortSignal;
}

export interface AcceptUploadSetup {
  readonly elements: ElementList;
  readonly storage: Pick<StorageElementClient, 'putFile' | 'getFile'>;
  readonly admin: Pick<AdminClient, 'getFile'>;
  readonly register: RegisterFile;
  /** Сведения об элементах оказались устаревшими. */
  readonly onStaleList: () => void;
  readonly log: UploadLog;
}

export interface UploadLog {
  info(record: object, message: string): void;
  warn(record: object, message: string): void;
}

export type AcceptUpload = (upload: Upload) => Promise<Registered>;

/**
 * @throws ошибку самой формы (VALIDATION_ERROR, FILE_TOO_LARGE), CONFLICT, CHECKSUM_MISMATCH, NO_STORAGE_AVAILABLE,
 *   SE_UPLOAD_FAILED, STORAGE_FULL, ADMIN_UNAVAILABLE. Имён и адресов элементов в ошибках нет.
 */
export function createAcceptUpload(setup: AcceptUploadSetup): AcceptUpload {
  return async (upload) => {
    const { idempotencyKey: key, signal } = upload;
    const fileId = key === undefined ? newFileId() : deriveFileId(upload.caller, key);
    const ready = await setup.elements.writable(upload.intent.retention_policy, signal);
    const candidates = orderCandidates({
      elements: ready,
      sizeMax: upload.sizeMax ?? 0,
      draw: (elementId) => drawLot(fileId, elementId),
    });
    if (key !== undefined) {
      const copy = await findStored({
        ...setup,
        fileId,
        first: candidates[0],
        signal,
      });
      if (copy) return await confirmStored(setup, copy, upload);
    }
    if (candidates.length === 0) throw new ArtError('NO_STORAGE_AVAILABLE', { fileId });
    return await store(setup, { ...upload, fileId }, candidates);
  };
}

/** Файл уже есть: сверяет присланное с ним и ничего не передаёт. */
async function confirmStored(setup: AcceptUploadSetup, copy: StoredCopy, upload: Upload): Promise<Registered> {
  const { checksum, digest } = await hashBody(upload.body);
  if (upload.digest !== undefined && upload.digest !== digest) throw new ArtError('CHECKSUM_MISMATCH');
  if (copy.file.status !== 'active' || copy.file.checksum !== checksum) throw keyConflict(copy.file.file_id);
  setup.log.info({ event: 'upload_repeated', fileId: copy.file.file_id }, 'файл уже сохранён прежней попыткой');
  return copy.kind === 'registered'
    ? { file: copy.file, registration: 'done' }
    : await setup.register(copy.element, copy.file);
}

type NamedUpload = Upload & { readonly fileId: string };

async function store(
  setup: AcceptUploadSetup,
  upload: NamedUpload,
  candidates: readonly StorageElement[],
): Promise<Registered> {
  const head = await readHead(upload.body, SMALL_FILE_BYTES_MAX);
  const refusals: ArtError[] = [];
  for (const element of candidates) {
    const outcome = await offer(setup, element, { ...upload, content: head ?? upload.body });
    if (outcome.kind === 'stored') {
      // Длину знают обе стороны: расхождение значит, что сохранено не то, что прислано.
      if (outcome.file.size !== upload.bytesRead())
        throw uploadFailed(upload.fileId, new Error('the stored length differs'));
      return await setup.register(element, outcome.file);
    }
    setup.log.warn(
      { event: 'element_refused', fileId: upload.fileId, storageId: element.id, err: outcome.error },
      'элемент хранения не взял файл, предлагаем следующему',
    );
    setup.onStaleList();
    refusals.push(outcome.error);
  }
  throw refused(upload.fileId, refusals);
}

async function offer(
  setup: AcceptUploadSetup,
  element: StorageElement,
  upload: NamedUpload & { content: Buffer | Readable },
) {
  const { fileId, content, signal } = upload;
  try {
    return await setup.storage.putFile(element, {
      fileId,
      metadata: upload.intent,
      body: content,
      ...(Buffer.isBuffer(content) ? {} : { lengthMax: upload.sizeMax, ownsChunks: true }),
      digest: upload.digest,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw clientError(fileId, error);
  }
}

/** Что из ошибки передачи можно показать клиенту: коды о самом файле — да, всё об элементе — нет. */
function clientError(fileId: string, error: unknown): unknown {
  if (!isArtError(error)) return error;
  if (error.options.storageId === undefined && (error.code === 'VALIDATION_ERROR' || error.code === 'FILE_TOO_LARGE'))
    return error;
  if (error.code === 'CONFLICT') return keyConflict(fileId, error);
  if (error.code === 'CHECKSUM_MISMATCH' || error.code === 'FILE_TOO_LARGE' || error.code === 'STORAGE_FULL') {
    return new ArtError(error.code, { fileId, cause: error });
  }
  return uploadFailed(fileId, error);
}

function uploadFailed(fileId: string, cause: unknown): ArtError {
  return new ArtError('SE_UPLOAD_FAILED', { fileId, cause });
}

function keyConflict(fileId: string, cause?: unknown): ArtError {
  return new ArtError('CONFLICT', {
    fileId,
    cause,
    explain: {
      ru: 'Этим ключом повтора уже загружен другой или уже удалённый файл.',
      en: 'The idempotency key has already been used for another or a deleted file.',
    },
  });
}

/** Все отказали: общий смысл отказов. Место кончилось — только если дело у всех в месте. */
function refused(fileId: string, refusals: readonly ArtError[]): ArtError {
  const cause = new AggregateError(refusals, 'every candidate refused');
  for (const code of ['STORAGE_FULL', 'FILE_TOO_LARGE'] as const) {
    if (refusals.every((refusal) => refusal.code === code)) return new ArtError(code, { fileId, cause });
  }
  return new ArtError('NO_STORAGE_AVAILABLE', { fileId, cause });
}
