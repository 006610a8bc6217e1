// Место на диске: загрузка получает его до первого байта, и одновременные загрузки не обещают его дважды.
import { ArtError } from '@artstore/contracts';
import type { Disk, DiskSpace } from './disk.ts';

export interface SpaceLimits {
  /** Сколько байт файлов разрешено держать; undefined — сколько вместит диск. */
  readonly capacityBytesMax: number | undefined;
  /** Сколько байт диска не отдаётся файлам: описания и каталог. Журнал и балласт считаются сверх того. */
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
/** Имён у файла: байты и описание. */
const FILE_NAMES = 2;
/** Чья длина неизвестна, тот занимает место по стольку байт, по мере того как тело течёт. */
const STEP_BYTES = 16 << 20;
/** После такой загрузки место меряется заново, а не досчитывается. */
const FORGET_BYTES = 1 << 20;

/** Место, обещанное одной загрузке. */
export interface SpaceHold {
  /** Всего принято столько байт: они ложатся на диск. Сверх обещанного занимает ещё. Бросает STORAGE_FULL. */
  cover(totalBytes: number): Promise<void>;
  /** Загрузка кончилась, чем бы ни кончилась. Повтор безвреден. */
  release(): void;
}

/** Место, которое ещё понадобится самому движку: незаведённые сегменты журнала, неразложенное, убранный балласт. */
export interface Owed {
  readonly bytes: number;
  readonly names: number;
}

interface Measured extends DiskSpace {
  /** Меряется разом со свободным: сегмент, заведённый между замерами, посчитался бы свободным и своим. */
  readonly owed: Owed;
  readonly atMs: number;
}

export class Space {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #limits: SpaceLimits;
  readonly #storedBytes: () => number;
  readonly #owed: () => Owed;
  readonly #now: () => number;
  /** Обещано идущим загрузкам: вычитается из предела ёмкости. */
  #promisedBytes = 0;
  /** Из обещанного ещё не на диске: вычитается из свободного места. */
  #unwrittenBytes = 0;
  /** Принято после замера: в нём этого ещё нет. */
  #acceptedBytes = 0;
  /** То же именами: у идущих загрузок и у принятых после замера. */
  #promisedNames = 0;
  #acceptedNames = 0;
  #measured: Measured | undefined;
  #measuring: Promise<Measured> | undefined;

  constructor(room: {
    disk: Disk;
    path: string;
    limits: SpaceLimits;
    storedBytes: () => number;
    owed?: () => Owed;
    /** Монотонные миллисекунды. */
    monotonicMs: () => number;
  }) {
    this.#disk = room.disk;
    this.#path = room.path;
    this.#limits = room.limits;
    this.#storedBytes = room.storedBytes;
    this.#owed = room.owed ?? (() => ({ bytes: 0, names: 0 }));
    this.#now = room.monotonicMs;
  }

  /** Сколько ещё можно принять, с учётом уже обещанного. */
  async report(): Promise<SpaceReport> {
    return this.#reportFrom(await this.#measure());
  }

  #reportFrom(disk: Measured): SpaceReport {
    const usedBytes = this.#storedBytes();
    const byDisk = this.#leftOnDisk(disk);
    const limit = this.#limits.capacityBytesMax;
    const byLimit = limit === undefined ? byDisk : limit - usedBytes - this.#promisedBytes;
    return {
      totalBytes: limit === undefined ? disk.totalBytes : Math.min(limit, disk.totalBytes),
      usedBytes,
      availableBytes: this.#hasNames(disk) ? Math.max(0, Math.min(byDisk, byLimit)) : 0,
    };
  }

  #leftOnDisk({ freeBytes, owed }: Measured): number {
    return freeBytes - this.#acceptedBytes - this.#limits.reserveBytes - owed.bytes - this.#unwrittenBytes;
  }

  /** Имён нет — не помогут и свободные байты. */
  #hasNames({ freeNames, owed }: Measured): boolean {
    return freeNames - owed.names - this.#promisedNames - this.#acceptedNames >= FILE_NAMES;
  }

  /** Сколько места на диске сверх всего, что отложено и обещано; меньше нуля — не хватает и на отложенное. */
  async leftOnDisk(): Promise<number> {
    return this.#leftOnDisk(await this.#measure());
  }

  get reserveBytes(): number {
    return this.#limits.reserveBytes;
  }

  /** Диск переменился мимо загрузок: следующий вопрос меряет заново. */
  forget(): void {
    this.#measured = undefined;
  }

  /** Обещает место загрузке. Бросает STORAGE_FULL. */
  async reserve(bytes: number): Promise<SpaceHold> {
    let promised = await this.#promise({ neededBytes: bytes, wantedBytes: bytes, names: FILE_NAMES });
    let written = 0;
    let held = true;
    return {
      cover: async (totalBytes) => {
        if (totalBytes > promised) {
          promised += await this.#promise({ neededBytes: totalBytes - promised, wantedBytes: STEP_BYTES, names: 0 });
        }
        this.#unwrittenBytes -= totalBytes - written;
        this.#acceptedBytes += totalBytes - written;
        written = totalBytes;
      },
      release: () => {
        if (!held) return;
        held = false;
        this.#promisedBytes -= promised;
        this.#unwrittenBytes -= promised - written;
        this.#acceptedBytes += FILE_OVERHEAD_BYTES;
        this.#promisedNames -= FILE_NAMES;
        this.#acceptedNames += FILE_NAMES;
        if (promised > FORGET_BYTES) this.#measured = undefined;
      },
    };
  }

  /** Обещает не меньше нужного, а если есть — желаемое; возвращает, сколько обещано. */
  async #promise(wish: { neededBytes: number; wantedBytes: number; names: number }): Promise<number> {
    const { neededBytes, wantedBytes, names } = wish;
    const measured = await this.#measure();
    // Отсюда и до обещания — ни одного ожидания: иначе двое увидели бы одно и то же свободное место.
    const { availableBytes } = this.#reportFrom(measured);
    if (neededBytes > availableBytes || availableBytes === 0) throw new ArtError('STORAGE_FULL');
    const bytes = Math.max(neededBytes, Math.min(wantedBytes, availableBytes));
    this.#promisedBytes += bytes;
    this.#promisedNames += names;
    this.#unwrittenBytes += bytes;
    return bytes;
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
    const namesBefore = this.#acceptedNames;
    const owed = this.#owed();
    const measured = { ...(await this.#disk.space(this.#path)), owed, atMs };
    this.#acceptedBytes -= acceptedBefore;
    this.#acceptedNames -= namesBefore;
    this.#measured = measured;
    return measured;
  }
}
