// Приём байтов: длина и SHA-256 считаются на ходу. Малое остаётся в памяти и уйдёт внутрь записи журнала,
// большое течёт в staging и сбрасывается до того, как о нём узнает журнал.
// Любой отказ не оставляет после себя ни файла, ни дескриптора.
import { createHash } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import { type Disk, type DiskFile, isCode } from './disk.ts';
import type { Layout } from './layout.ts';

export interface ReceivedBlob {
  readonly size: number;
  /** SHA-256, шестнадцатеричная запись. */
  readonly sha256: string;
  readonly bytes: { readonly inline: Uint8Array } | { readonly staged: string };
}

export interface ReceiveOrder {
  /** Имя в staging на случай большого файла. */
  readonly stagedName: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Куски тела больше никому не нужны: записав, движок сразу освобождает их память. */
  readonly ownsChunks?: boolean;
  /** До скольких байт файл едет внутри записи журнала. */
  readonly inlineBytesMax: number;
  readonly fileBytesMax: number;
  /** Столько байт принято и сейчас ляжет на диск: занять место, если его ещё не обещали. */
  readonly cover?: (totalBytes: number) => Promise<void>;
  readonly declaredLength?: number;
  readonly expectedSha256?: string;
  /** По сколько байт собирать запись: при многих загрузках меньше, чтобы память не росла. */
  readonly gatherBytes: () => number;
}

/** Сброс данных отказал: страницам больше верить нельзя, процесс должен остановиться. */
export class SyncFailed extends Error {
  constructor(cause: unknown) {
    super('сброс данных на диск отказал', { cause });
    this.name = 'SyncFailed';
  }
}

/** Раз в столько байт запись на диск подталкивается, чтобы сброс в конце не ждал весь файл. */
const EARLY_SYNC_BYTES = 32 << 20;

/** Пишет в staging с опережением на один кусок: пока диск пишет, собирается и хешируется следующий. */
class StagedFile {
  readonly #file: DiskFile;
  #position = 0;
  #pending: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | undefined;
  #syncedTo = 0;
  readonly #ownsChunks: boolean;
  #closing = false;

  constructor(file: DiskFile, ownsChunks: boolean) {
    this.#file = file;
    this.#ownsChunks = ownsChunks;
  }

  async write(chunks: readonly Uint8Array[], bytes: number): Promise<void> {
    await this.#pending;
    this.#pending = this.#file.write(chunks, this.#position).then(() => {
      if (this.#ownsChunks) release(chunks);
    });
    this.#pending.catch(() => undefined);
    this.#position += bytes;
    if (this.#position - this.#syncedTo >= EARLY_SYNC_BYTES && this.#syncing === undefined) this.#syncEarly();
  }

  #syncEarly(): void {
    this.#syncedTo = this.#position;
    const syncing = datasync(this.#file).then(() => {
      this.#syncing = undefined;
    });
    syncing.catch(() => undefined);
    this.#syncing = syncing;
  }

  async finish(): Promise<void> {
    await this.#pending;
    await this.#syncing;
    await datasync(this.#file);
    this.#closing = true;
    await orSyncFailed(this.#file.close());
  }

  /** Ждёт начатое и закрывает: имя уберёт тот, кто звал. Возвращает отказ сброса, если он был: загрузка его не отменит. */
  async abandon(): Promise<unknown> {
    const [, sync] = await Promise.allSettled([this.#pending, this.#syncing]);
    if (!this.#closing) await this.#file.close().catch(() => undefined);
    return sync.status === 'rejected' ? sync.reason : undefined;
  }
}

/**
 * Отдаёт память записанных кусков сразу. Иначе её вернёт только сборка мусора, а внешнюю память Node меряет строго:
 * на каждые 64 МиБ принятого он метил бы всю кучу (до 0,9 с процессора на гигабайт).
 * Кусок, который делит буфер с другими, не трогается.
 */
function release(chunks: readonly Uint8Array[]): void {
  for (const { buffer, byteLength } of chunks) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
}

function datasync(file: DiskFile): Promise<void> {
  return orSyncFailed(file.datasync());
}

/** Отказ сброса и отказ закрытия — одно: диск не подтвердил того, что ему отдали. */
async function orSyncFailed(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new SyncFailed(error);
  }
}

/**
 * Принимает тело целиком и возвращает, что получилось.
 * Бросает FILE_TOO_LARGE, LENGTH_MISMATCH, CHECKSUM_MISMATCH, STORAGE_FULL, SyncFailed.
 */
export async function receiveBlob(disk: Disk, layout: Layout, order: ReceiveOrder): Promise<ReceivedBlob> {
  const hash = createHash('sha256');
  const path = layout.staged(order.stagedName);
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let size = 0;
  let staged: StagedFile | undefined;
  try {
    for await (const chunk of readBody(order.body)) {
      size += chunk.byteLength;
      if (size > order.fileBytesMax) throw new ArtError('FILE_TOO_LARGE');
      hash.update(chunk);
      gathered.push(chunk);
      gatheredBytes += chunk.byteLength;
      if (size <= order.inlineBytesMax || gatheredBytes < order.gatherBytes()) continue;
      await order.cover?.(size);
      staged ??= new StagedFile(await disk.open(path, 'create'), order.ownsChunks ?? false);
      await staged.write(gathered, gatheredBytes);
      gathered = [];
      gatheredBytes = 0;
    }
    const sha256 = hash.digest('hex');
    checkDeclared(order, size, sha256);
    await order.cover?.(size);
    if (size <= order.inlineBytesMax) return { size, sha256, bytes: { inline: Buffer.concat(gathered, size) } };
    staged ??= new StagedFile(await disk.open(path, 'create'), order.ownsChunks ?? false);
    if (gatheredBytes > 0) await staged.write(gathered, gatheredBytes);
    await staged.finish();
    return { size, sha256, bytes: { staged: order.stagedName } };
  } catch (error) {
    const syncFailure = await staged?.abandon();
    if (syncFailure !== undefined) throw syncFailure;
    if (staged) disk.remove(path);
    throw noSpace(error) ? new ArtError('STORAGE_FULL', { cause: error }) : error;
  }
}

/** Обрыв тела — это не конец файла: длина не та, что обещана. */
async function* readBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (cause instanceof ArtError) throw cause;
    throw new ArtError('LENGTH_MISMATCH', {
      cause,
      explain: {
        ru: 'Передача оборвалась раньше конца файла.',
        en: 'The transfer broke off before the end of the file.',
      },
    });
  }
}

function checkDeclared(order: ReceiveOrder, size: number, sha256: string): void {
  if (order.declaredLength !== undefined && order.declaredLength !== size) throw new ArtError('LENGTH_MISMATCH');
  if (order.expectedSha256 !== undefined && order.expectedSha256 !== sha256) throw new ArtError('CHECKSUM_MISMATCH');
}

function noSpace(error: unknown): boolean {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT');
}
