// Балласт: место, занятое заранее, чтобы на полном диске было куда писать описания, указатель и журнал.
// Кончилось место — файл убирается, и начатое дописывается; вернулось — файл заводится снова.
// Состояние — сам файл на диске, поэтому убрать его вправе любой поток: в памяти нечему разойтись с диском.
import { randomFillSync } from 'node:crypto';
import { type Disk, isNoSpace } from './disk.ts';
import type { RecoveryLog } from './recovery.ts';

const BLOCK_BYTES = 1 << 20;
/** Не чаще: место, которого хватает только на балласт, не должно переписываться без конца. */
const PAUSE_AFTER_DROP_MS = 5_000;

export interface BallastRoom {
  readonly disk: Disk;
  readonly path: string;
  /** 0 — балласта нет, прежний файл убирается. */
  readonly bytes: number;
  readonly log: RecoveryLog;
  readonly monotonicMs: () => number;
}

export class Ballast {
  readonly #room: BallastRoom;
  #droppedAtMs = Number.NEGATIVE_INFINITY;
  #filling: Promise<void> | undefined;

  constructor(room: BallastRoom) {
    this.#room = room;
  }

  /** Сколько байт балласта не на месте: столько свободного места обещано ему. */
  get missingBytes(): number {
    const { disk, path, bytes } = this.#room;
    return bytes === 0 || disk.sizeOf(path) === bytes ? 0 : bytes;
  }

  get presentBytes(): number {
    return this.#room.bytes - this.missingBytes;
  }

  /** Освобождает место. false — освобождать нечего: балласт уже убран. */
  drop(): boolean {
    const { disk, path, log, monotonicMs } = this.#room;
    if (!disk.remove(path)) return false;
    this.#droppedAtMs = monotonicMs();
    log.warn({ event: 'ballast_dropped' }, 'место кончилось: балласт убран, загрузки не принимаются');
    return true;
  }

  /** Заводит балласт, если его нет. Кто зовёт, проверил, что место под него есть. */
  ensure(): Promise<void> {
    this.#filling ??= this.#ensure().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  async #ensure(): Promise<void> {
    const { disk, path, bytes, log, monotonicMs } = this.#room;
    if (disk.sizeOf(path) === (bytes === 0 ? undefined : bytes)) return;
    if (monotonicMs() - this.#droppedAtMs < PAUSE_AFTER_DROP_MS) return;
    disk.remove(path);
    if (bytes === 0) return;
    try {
      await this.#fill();
      log.info({ event: 'ballast_placed', bytes }, 'балласт на месте');
    } catch (error) {
      disk.remove(`${path}.new`);
      if (!isNoSpace(error)) throw error;
      this.#droppedAtMs = monotonicMs();
    }
  }

  /** Случайные байты, а не нули: нули файловая система со сжатием не стала бы хранить. */
  async #fill(): Promise<void> {
    const { disk, path, bytes } = this.#room;
    const fresh = `${path}.new`;
    disk.remove(fresh);
    const file = await disk.open(fresh, 'create');
    try {
      const block = Buffer.alloc(Math.min(BLOCK_BYTES, bytes));
      for (let at = 0; at < bytes; at += block.length) {
        await file.write([randomFillSync(block).subarray(0, bytes - at)], at);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    disk.rename(fresh, path);
  }
}
