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

/** statfs дёшев, но не бесплатен: при потоке малых файлов хватает ответа секундной давности и счёта принятого с тех пор. */
const FRESH_MS = 1000;
/** Сколько файл занимает сверх своих байтов: блок описания и неполный последний блок. */
const FILE_OVERHEAD_BYTES = 8 << 10;
/** После такой загрузки место меряется заново, а не досчитывается. */
const FORGET_BYTES = 1 << 20;

interface Measured {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly atMs: number;
}

export class Space {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #limits: SpaceLimits;
  readonly #storedBytes: () => number;
  readonly #now: () => number;
  #reservedBytes = 0;
  /** Принято после замера: в нём этого ещё нет. */
  #acceptedBytes = 0;
  #measured: Measured | undefined;
  #measuring: Promise<Measured> | undefined;

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
    return this.#reportFrom(await this.#measure());
  }

  #reportFrom(disk: Measured): SpaceReport {
    const usedBytes = this.#storedBytes();
    const byDisk = disk.freeBytes - this.#acceptedBytes - this.#limits.reserveBytes;
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
    const measured = await this.#measure();
    // Отсюда и до обещания — ни одного ожидания: иначе двое увидели бы одно и то же свободное место.
    const { availableBytes } = this.#reportFrom(measured);
    if (bytes > availableBytes || availableBytes === 0) throw new ArtError('STORAGE_FULL');
    this.#reservedBytes += bytes;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#reservedBytes -= bytes;
      this.#acceptedBytes += bytes + FILE_OVERHEAD_BYTES;
      if (bytes > FORGET_BYTES) this.#measured = undefined;
    };
  }

  #measure(): Promise<Measured> | Measured {
    if (this.#measured && this.#now() - this.#measured.atMs < FRESH_MS) return this.#measured;
    this.#measuring ??= this.#ask().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  async #ask(): Promise<Measured> {
    const atMs = this.#now();
    const acceptedBefore = this.#acceptedBytes;
    const measured = { ...(await this.#disk.space(this.#path)), atMs };
    this.#acceptedBytes -= acceptedBefore;
    this.#measured = measured;
    return measured;
  }
}
