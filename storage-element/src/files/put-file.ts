// Сохранить файл: место → байты → запись в журнал под замком. Повтор с теми же байтами безопасен.
import { ArtError } from '@artstore/contracts';
import type { LockedFile } from '../engine/locked-file.ts';
import type { Store } from '../engine/store.ts';
import type { ReceivedBlob } from '../engine/receive-blob.ts';
import { effectiveStatus, expiryOf, type FileIntent, type StoredFile } from './file.ts';
import { acceptsPolicy } from './mode.ts';
import { bytesLost, refuseDamaged, requireOperation } from './require-file.ts';

export interface PutOrder {
  readonly fileId: string;
  readonly intent: FileIntent;
  readonly body: AsyncIterable<Uint8Array>;
  /** Куски тела больше никому не нужны, их память можно освободить сразу. */
  readonly ownsChunks?: boolean;
  /** Заявленная длина, байт: проверяется точно. */
  readonly declaredLength: number | undefined;
  /** Верхняя граница длины, когда точной отправитель не знает: по ней занимается место. */
  readonly lengthMax: number | undefined;
  /** Заявленная сумма SHA-256, шестнадцатеричная запись. */
  readonly sha256: string | undefined;
  readonly fileBytesMax: number;
  readonly signal: AbortSignal;
}

/**
 * Возвращается, когда файл переживёт отключение питания. created: false — те же байты под этим именем уже лежат.
 * Бросает MODE_NOT_ALLOWED, CONFLICT, FILE_TOO_LARGE, STORAGE_FULL, LENGTH_MISMATCH, CHECKSUM_MISMATCH.
 */
export async function putFile(store: Store, order: PutOrder): Promise<{ created: boolean; file: StoredFile }> {
  const { fileId, intent, declaredLength, sha256, fileBytesMax } = order;
  requireAcceptance(store, intent);
  if (declaredLength !== undefined && declaredLength > fileBytesMax) throw new ArtError('FILE_TOO_LARGE');
  const known = store.catalog.get(fileId);
  if (known) refuseLost(store, known.file);
  if (known && sha256 !== undefined && known.file.checksum !== sha256) throw taken(fileId);
  const hold = await store.space.reserve(Math.min(declaredLength ?? order.lengthMax ?? 0, fileBytesMax));
  try {
    const received = await store.receive({
      body: order.body,
      ownsChunks: order.ownsChunks ?? false,
      fileBytesMax,
      cover: (totalBytes) => hold.cover(totalBytes),
      ...(declaredLength === undefined ? {} : { declaredLength }),
      ...(sha256 === undefined ? {} : { expectedSha256: sha256 }),
    });
    return await keepOrDiscard(store, received, () =>
      store.withFile(fileId, (locked) => commit(store, locked, { intent, received })),
    );
  } finally {
    hold.release();
  }
}

/** Принятые байты нужны, только если файл появился: в остальных случаях их имя убирается из staging. */
async function keepOrDiscard<T extends { created: boolean }>(
  store: Store,
  received: ReceivedBlob,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    if (!result.created) store.discard(received);
    return result;
  } catch (error) {
    // Если отказал сам журнал, запись могла успеть на диск: байты останутся повтору при следующем запуске.
    if (store.failure === undefined) store.discard(received);
    throw error;
  }
}

async function commit(
  store: Store,
  locked: LockedFile,
  { intent, received }: { intent: FileIntent; received: ReceivedBlob },
): Promise<{ created: boolean; file: StoredFile }> {
  // Режим мог смениться, пока текло тело.
  requireAcceptance(store, intent);
  const known = locked.current();
  if (known) {
    refuseLost(store, known.file);
    if (known.file.checksum !== received.sha256 || known.file.status === 'deleted') throw taken(locked.fileId);
    return { created: false, file: { ...known.file, status: effectiveStatus(known.file, store.nowMs()) } };
  }
  refuseDamaged(store, locked.fileId);
  const nowMs = store.nowMs();
  const file = await locked.put(
    {
      ...intent,
      fileId: locked.fileId,
      size: received.size,
      checksum: received.sha256,
      uploadedAt: new Date(nowMs).toISOString(),
      status: 'active',
      expiresAt: expiryOf(intent, nowMs),
      deletedAt: null,
      version: 1,
    },
    received.bytes,
  );
  return { created: true, file };
}

/** «Уже лежит» о пропавшем было бы ложью: отправитель удалил бы свою копию. */
function refuseLost(store: Store, { fileId, status }: StoredFile): void {
  if (status !== 'missing' && status !== 'corrupted') return;
  refuseDamaged(store, fileId);
  throw bytesLost(fileId);
}

function requireAcceptance(store: Store, intent: FileIntent): void {
  requireOperation(store, 'upload');
  if (acceptsPolicy(store.mode, intent.retentionPolicy)) return;
  throw new ArtError('MODE_NOT_ALLOWED', {
    storageId: store.storageId,
    explain: {
      ru: `Режим ${store.mode} не принимает файлы с политикой ${intent.retentionPolicy}.`,
      en: `An element in mode ${store.mode} does not accept files with retention policy ${intent.retentionPolicy}.`,
    },
  });
}

function taken(fileId: string): ArtError {
  return new ArtError('CONFLICT', {
    fileId,
    explain: {
      ru: 'Под этим идентификатором уже лежит другой файл.',
      en: 'Another file is already stored under this id.',
    },
  });
}
