// Записи, которым не хватило места на диске: ждут его и раскладываются, когда оно нашлось.
// Обещание: порядок записей одного файла сохранён, а освобождающее место никого не ждёт.
//
// Порядок держится по файлу, а не по журналу: разные файлы на диске не встречаются, а повтор после сбоя доделывает любую
// смесь. Стой уборка за загрузкой, которой нет места, — место не освободил бы никто.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Applier } from './apply-records.ts';
import { isCode, isNoSpace } from './disk.ts';
import type { PlacerOptions } from './placer.ts';
import type { LogRecord } from './wal-record.ts';

interface WaitingRoom extends Pick<PlacerOptions, 'onNoSpace' | 'requireHome' | 'retryMs'> {
  readonly applier: Applier;
  /** Сработал — места больше не ждать. */
  readonly given: AbortSignal;
  /** Ставит дело в очередь раскладчика. */
  readonly enqueue: (work: () => void) => Promise<void>;
}

/** То, что просит места: режим лежит в журнале, а убранное место отдаёт. */
type PlacedRecord = Exclude<LogRecord, { type: 'mode' | 'remove' }>;

interface Attempt {
  readonly record: PlacedRecord;
  /** apply — нашего под этим именем ещё нет, и лежащее там принесли со стороны; redo — могла лечь наша половина. */
  how: 'apply' | 'redo';
}

interface Waiting extends Attempt {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const RETRY_MS = 500;

export class WaitingForSpace {
  readonly #room: WaitingRoom;
  #waiting: Waiting[] = [];

  constructor(room: WaitingRoom) {
    this.#room = room;
  }

  get count(): number {
    return this.#waiting.length;
  }

  /** undefined — запись на месте; иначе обещание, что будет. Бросает, если диск отказал. */
  handle(record: LogRecord, how: 'apply' | 'redo'): Promise<void> | undefined {
    const { applier } = this.#room;
    if (record.type === 'remove') {
      const isSuperseding = this.#supersede(record.fileId);
      applier[how](record);
      if (isSuperseding) applier.forgetUnmade(record.place);
      return undefined;
    }
    if (record.type === 'mode') return undefined;
    // Место кончилось: всё, что его просит, встаёт в ту же очередь.
    const attempt: Attempt = { record, how };
    if (this.#waiting.length > 0) return this.#wait(attempt);
    try {
      this.#place(attempt);
      return undefined;
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      return this.#wait(attempt);
    }
  }

  #place(attempt: Attempt): void {
    const { applier } = this.#room;
    const { record } = attempt;
    if (attempt.how === 'apply') {
      try {
        applier.apply(record);
        return;
      } catch (error) {
        if (!isCode(error, 'EEXIST') || record.type !== 'put') {
          if (isNoSpace(error)) attempt.how = 'redo';
          throw error;
        }
      }
      // Не хватит места и карантину — чужое остаётся лежать до следующей попытки.
      applier.setAside(record);
      attempt.how = 'redo';
    }
    applier.redo(record);
  }

  /** Файл убран: то, что ждало места ради него, больше не нужно. false — не ждало ничего. */
  #supersede(fileId: string): boolean {
    const isOf = ({ record }: Waiting): boolean => record.file.fileId === fileId;
    const superseded = this.#waiting.filter(isOf);
    for (const each of superseded) {
      this.#room.applier.abandon(each.record);
      each.resolve();
    }
    this.#waiting = this.#waiting.filter((each) => !isOf(each));
    return superseded.length > 0;
  }

  #wait({ record, how }: Attempt): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Отказ узнает тот, кто ждёт; он может быть ещё занят следующей записью.
    promise.catch(() => undefined);
    this.#waiting.push({ record, how, resolve, reject });
    if (this.#waiting.length === 1) void this.#retry();
    return promise;
  }

  /** Пробует снова, пока не разложит всё. Одна на всех ждущих. */
  async #retry(): Promise<void> {
    const { given, retryMs = RETRY_MS, onNoSpace, enqueue } = this.#room;
    onNoSpace?.(true);
    try {
      while (this.#waiting.length > 0) {
        await sleep(retryMs, undefined, { signal: given });
        await enqueue(() => this.#placeWaiting());
      }
      onNoSpace?.(false);
    } catch (error) {
      // Раскладчик закрыт: ждущее разложит повтор журнала.
      if (given.aborted) return;
      for (const each of this.#waiting) each.reject(error);
    }
  }

  #placeWaiting(): void {
    this.#room.requireHome?.();
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        this.#place(first);
      } catch (error) {
        if (!isNoSpace(error)) throw error;
        return;
      }
      this.#waiting.shift();
      first.resolve();
    }
  }
}
