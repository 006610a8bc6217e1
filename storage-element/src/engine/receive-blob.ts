// Приём байтов: длина и SHA-256 считаются на ходу. Малое остаётся в памяти и уйдёт внутрь записи журнала,
// большое течёт в staging (staged-file) и сбрасывается до того, как о нём узнает журнал.
// Любой отказ не оставляет после себя ни файла, ни дескриптора.
import { createHash } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import { type Disk, isNoSpace } from './disk.ts';
import type { Layout } from './layout.ts';
import type { OpenSha256 } from './sha256.ts';
import type { Slabs } from './slabs.ts';
import { StagedFile } from './staged-file.ts';

export interface ReceivedBlob {
  readonly size: number;
  /** SHA-256, шестнадцатеричная запись. */
  readonly sha256: string;
  readonly bytes: { readonly inline: Uint8Array } | { readonly staged: string };
}

/** Что о приёме решает тот, кто его просит. */
export interface ReceiveWish {
  readonly body: AsyncIterable<Uint8Array>;
  /** Куски тела больше никому не нужны: забрав байты, движок сразу освобождает их память. */
  readonly ownsChunks?: boolean;
  readonly fileBytesMax: number;
  /** Столько байт принято и сейчас ляжет на диск: занять место, если его ещё не обещали. */
  readonly cover?: (totalBytes: number) => Promise<void>;
  readonly declaredLength?: number;
  readonly expectedSha256?: string;
}

/** Остальное — дело движка. */
export interface ReceiveOrder extends ReceiveWish {
  /** Имя в staging на случай большого файла. */
  readonly stagedName: string;
  /** До скольких байт файл едет внутри записи журнала. */
  readonly inlineBytesMax: number;
  /** По сколько байт собирать запись: при многих загрузках меньше, чтобы память не росла. */
  readonly gatherBytes: () => number;
  readonly slabs: Slabs;
  readonly openSha256: OpenSha256;
}

/**
 * Отдаёт память скопированного куска сразу. Иначе её вернёт только сборка мусора, а внешнюю память Node меряет строго:
 * на каждые 64 МиБ принятого он метил бы всю кучу (до 0,9 с процессора на гигабайт).
 * Кусок, который делит буфер с другими, не трогается.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/**
 * Принимает тело целиком и возвращает, что получилось.
 * Бросает FILE_TOO_LARGE, LENGTH_MISMATCH, CHECKSUM_MISMATCH, STORAGE_FULL, SyncFailed.
 */
export async function receiveBlob(disk: Disk, layout: Layout, order: ReceiveOrder): Promise<ReceivedBlob> {
  const path = layout.staged(order.stagedName);
  const head: Uint8Array[] = [];
  let size = 0;
  let staged: StagedFile | undefined;
  try {
    for await (const chunk of readBody(order.body)) {
      size += chunk.byteLength;
      if (size > order.fileBytesMax) throw new ArtError('FILE_TOO_LARGE');
      head.push(chunk);
      if (size <= order.inlineBytesMax) continue;
      staged ??= new StagedFile(await disk.open(path, 'stream'), { ...order, cover: order.cover ?? coverNothing });
      for (const part of head.splice(0)) {
        await staged.add(part);
        if (order.ownsChunks === true) release(part);
      }
    }
    if (staged === undefined) {
      const inline = Buffer.concat(head, size);
      const sha256 = createHash('sha256').update(inline).digest('hex');
      checkDeclared(order, size, sha256);
      await order.cover?.(size);
      return { size, sha256, bytes: { inline } };
    }
    const sha256 = await staged.end();
    checkDeclared(order, size, sha256);
    await staged.sync();
    return { size, sha256, bytes: { staged: order.stagedName } };
  } catch (error) {
    const syncFailure = await staged?.abandon();
    if (syncFailure !== undefined) throw syncFailure;
    if (staged) disk.remove(path);
    throw isNoSpace(error) ? new ArtError('STORAGE_FULL', { cause: error }) : error;
  }
}

async function coverNothing(): Promise<void> {}

/** Обрыв тела — это не конец файла: длина не та, что обещана. */
async function* readBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (cause instanceof ArtError) throw cause;
    throw new ArtError('LENGTH_MISMATCH', {
      cause,
      explain: {
        ru: 'Соединение оборвалось раньше, чем пришёл весь файл.',
        en: 'The connection was closed before the whole file had arrived.',
      },
    });
  }
}

function checkDeclared(order: ReceiveOrder, size: number, sha256: string): void {
  if (order.declaredLength !== undefined && order.declaredLength !== size) throw new ArtError('LENGTH_MISMATCH');
  if (order.expectedSha256 !== undefined && order.expectedSha256 !== sha256) throw new ArtError('CHECKSUM_MISMATCH');
}
