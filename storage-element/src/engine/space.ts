// Место на диске: загрузка получает его до первого байта, и одновременные загрузки не обещают его дважды.
import { ArtError } from '@artstore/contracts';
import type { Disk } from './disk.ts';

export interface SpaceLimits {
  /** Сколько байт файлов разрешено держать; undefined — сколько вместит диск. */
  readonly capacityBytesMax: number | undefined;
  /** Сколько байт диска не отдаётся файлам: описания, каталог, журнал. */
  readonly reserveBytes: number;
}

export interface SpaceReport {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
}

/** statfs дёшев, но не бесплатен: при потоке малых файлов хватает ответа секундной давности. */
const FRESH_MS = 1000;

export class Space {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #limits: SpaceLimits;
  readonly #storedBytes: () => number;
  readonly #now: () => number;
  #reservedBytes = 0;
  #measured: { freeBytes: number; totalBytes: number; atMs: number } | undefined;

  constructor(room: {
    disk: Disk;
    path: string;
    limits: SpaceLimits;
    storedBytes: () => number;
    /** Монотонные миллисекунды. */
    monotonicMs: () => number;
  }) {
    this.#disk = room.disk;
    this.#path = room.path;
    this.#limits = room.limits;
    this.#storedBytes = room.storedBytes;
    this.#now = room.monotonicMs;
  }

  /** Сколько ещё можно принять, с учётом уже обещанного. */
  async report(): Promise<SpaceReport> {
    const disk = await this.#measure();
    const usedBytes = this.#storedBytes();
    const byDisk = disk.freeBytes - this.#limits.reserveBytes;
    const limit = this.#limits.capacityBytesMax;
    const byLimit = limit === undefined ? byDisk : limit - usedBytes;
    return {
      totalBytes: limit === undefined ? disk.totalBytes : Math.min(limit, disk.totalBytes),
      usedBytes,
      availableBytes: Math.max(0, Math.min(byDisk, byLimit) - this.#reservedBytes),
    };
  }

  /** Обещает место загрузке и возвращает, как его отпустить. Бросает STORAGE_FULL. */
  async reserve(bytes: number): Promise<() => void> {
    const { availableBytes } = await this.report();
    if (bytes > availableBytes || availableBytes === 0) throw new ArtError('STORAGE_FULL');
    this.#reservedBytes += bytes;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#reservedBytes -= bytes;
      if (bytes > FORGET_BYTES) this.#measured = undefined;
    };
  }

  async #measure(): Promise<{ freeBytes: number; totalBytes: number }> {
    const now = this.#now();
    if (this.#measured && now - this.#measured.atMs < FRESH_MS) return this.#measured;
    const measured = { ...(await this.#disk.space(this.#path)), atMs: now };
    this.#measured = measured;
    return measured;
  }
}

/** После такой загрузки прежний замер свободного места уже неверен. */
const FORGET_BYTES = 1 << 20;
