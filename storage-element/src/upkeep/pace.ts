// Темп работы в фоне: столько-то единиц в секунду, малыми шагами, чтобы клиентам доставалось место между ними.
import { setTimeout as sleep } from 'node:timers/promises';

/** Ждать меньше незачем: таймер дороже. */
const STEP_MS = 5;
/** Простой не копится дольше: после паузы работа не навёрстывает рывком. */
const CREDIT_MS = 50;

export class Pace {
  readonly #msPerUnit: number;
  readonly #signal: AbortSignal;
  #dueMs = 0;

  /** unitsPerSecond — файлов, байт или чего угодно. */
  constructor(unitsPerSecond: number, signal: AbortSignal) {
    this.#msPerUnit = 1000 / unitsPerSecond;
    this.#signal = signal;
  }

  /** Возвращается, когда израсходовать units уже можно. Бросает, если работу прервали. */
  async spend(units: number): Promise<void> {
    this.#signal.throwIfAborted();
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs, nowMs - CREDIT_MS) + units * this.#msPerUnit;
    const waitMs = this.#dueMs - nowMs;
    if (waitMs >= STEP_MS) await sleep(waitMs, undefined, { signal: this.#signal, ref: false });
  }
}
