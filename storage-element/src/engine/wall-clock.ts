// Стенные часы и то, насколько им можно верить. Сроки файлов абсолютны, а убранное не вернуть: пока часам нет веры,
// уборка стоит. Чтения часам верят всегда: отказ «срок истёк» обратим.
//
// Вера считается от якоря — последнего мига, которому верили, — монотонными часами: их не переводят.
//   1. Часы позади отметки: ждём, пока догонят. Нынешним временем служит якорь с прибавкой: иначе файл, удалённый сегодня,
//      получил бы вчерашнюю дату, и отсрочка прошла бы раньше, чем началась.
//   2. Часы ушли от ожидаемого больше чем на час: прыгнули либо элемент долго стоял. Верим, когда они час идут ровно.
//   3. Ушли вперёд больше чем на 30 дней: сами не поверим. Машина могла включиться в 2030 году и без сети так и жить.
//   4. У нового элемента сравнивать не с чем, но и убирать нечего: часам верим, а отметку ставим, когда они час идут ровно.
import type { Clock } from './store-options.ts';

const HOUR_MS = 3_600_000;
/** Больше этого часы сами не ходят: это прыжок. */
const JUMP_MS = HOUR_MS;
/** Так часы подводит служба времени; меньшее за прыжок не считается. */
const STEP_MS = 60_000;
/** Сколько часы должны идти ровно после прыжка. */
const STEADY_MS = HOUR_MS;
/** Дальше вперёд без человека верить нельзя. */
const FORWARD_MS_MAX = 30 * 24 * HOUR_MS;

/** Почему часам нет веры. */
export type Distrust =
  | { readonly kind: 'behind'; readonly byMs: number }
  | { readonly kind: 'jumped'; readonly byMs: number; readonly steadyInMs: number }
  | { readonly kind: 'far'; readonly byMs: number };

interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export class WallClock {
  readonly #clock: Clock;
  readonly #write: (markMs: number) => Promise<void>;
  #anchor: Instant;
  #last: Instant;
  #steadySinceMs: number;
  #markMs: number | undefined;
  /** Прошлое сохранение кончилось, удачно или нет. */
  #saved: Promise<void> = Promise.resolve();

  /** markMs — сохранённая отметка, undefined у нового элемента; write сохраняет новую. */
  constructor(clock: Clock, markMs: number | undefined, write: (markMs: number) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
    const start = this.#read();
    this.#anchor = { wallMs: markMs ?? start.wallMs, monotonicMs: start.monotonicMs };
    this.#last = start;
    this.#steadySinceMs = start.monotonicMs;
    this.#markMs = markMs;
  }

  /** Самое позднее время, которому верили. */
  get markMs(): number | undefined {
    return this.#markMs;
  }

  /** Сохраняет отметку: следующий запуск узнает по ней, не прыгнули ли часы. Файл один, и пишут в него по очереди. */
  save(): Promise<void> {
    const saving = this.#saved.then(async () => {
      if (this.#markMs !== undefined) await this.#write(this.#markMs);
    });
    this.#saved = saving.catch(() => undefined);
    return saving;
  }

  /** Нынешнее время, миллисекунды Unix. Часы отстали — от якоря с прибавкой монотонных: и у нового, где отметки ещё нет. */
  nowMs(): number {
    const now = this.#read();
    const expectedMs = this.#expectedMs(now);
    const late = this.#isBehind(now) || now.wallMs < expectedMs - JUMP_MS;
    return late ? Math.max(this.#markMs ?? 0, expectedMs) : now.wallMs;
  }

  /** Смотрит на часы; undefined — им можно верить. */
  check(): Distrust | undefined {
    const now = this.#read();
    const step = now.wallMs - this.#last.wallMs - (now.monotonicMs - this.#last.monotonicMs);
    if (Math.abs(step) > STEP_MS) this.#steadySinceMs = now.monotonicMs;
    this.#last = now;
    const distrust = this.#judge(now);
    if (distrust === undefined) this.#trust(now);
    return distrust;
  }

  /** Человек подтвердил, что часы верны: счёт начинается с этого мига, прежняя отметка забыта. */
  confirm(): void {
    const now = this.#read();
    this.#anchor = now;
    this.#last = now;
    this.#steadySinceMs = now.monotonicMs;
    this.#markMs = now.wallMs;
  }

  #read(): Instant {
    return { wallMs: this.#clock.now(), monotonicMs: this.#clock.monotonicMs() };
  }

  #expectedMs(now: Instant): number {
    return this.#anchor.wallMs + now.monotonicMs - this.#anchor.monotonicMs;
  }

  #isBehind(now: Instant): boolean {
    return this.#markMs !== undefined && now.wallMs < this.#markMs - STEP_MS;
  }

  #isSteady(now: Instant): boolean {
    return now.monotonicMs - this.#steadySinceMs >= STEADY_MS;
  }

  #judge(now: Instant): Distrust | undefined {
    if (this.#isBehind(now)) return { kind: 'behind', byMs: (this.#markMs ?? 0) - now.wallMs };
    const byMs = now.wallMs - this.#expectedMs(now);
    if (Math.abs(byMs) <= JUMP_MS) return undefined;
    if (byMs > FORWARD_MS_MAX) return { kind: 'far', byMs };
    if (this.#isSteady(now)) return undefined;
    return { kind: 'jumped', byMs, steadyInMs: this.#steadySinceMs + STEADY_MS - now.monotonicMs };
  }

  /** Якорь двигают только ровные часы: много малых прыжков складываются в один большой. */
  #trust(now: Instant): void {
    const steady = this.#isSteady(now);
    if (steady || Math.abs(now.wallMs - this.#expectedMs(now)) <= STEP_MS) this.#anchor = now;
    if (this.#markMs !== undefined || steady) this.#markMs = Math.max(this.#markMs ?? 0, now.wallMs);
  }
}

/** То же словами. */
export function explainDistrust(distrust: Distrust): { readonly ru: string; readonly en: string } {
  const hours = (Math.abs(distrust.byMs) / HOUR_MS).toFixed(1);
  switch (distrust.kind) {
    case 'behind':
      return {
        ru: `Часы отстали от сохранённой отметки на ${hours} ч; уборка ждёт, пока они её догонят.`,
        en: `The clock is ${hours} h behind the last saved time; garbage collection waits until it catches up.`,
      };
    case 'jumped': {
      const minutes = Math.ceil(distrust.steadyInMs / 60_000);
      return {
        ru: `Часы разошлись с ожидаемым временем на ${hours} ч; уборка начнётся, когда они пройдут ${minutes} мин без скачков.`,
        en: `The clock is ${hours} h off the expected time; garbage collection waits for ${minutes} min without jumps.`,
      };
    }
    case 'far':
      return {
        ru: `Часы ушли вперёд на ${hours} ч, больше чем на 30 дней; проверьте их и начните уборку с confirm = true.`,
        en: `The clock is ${hours} h ahead, which is more than 30 days; check it and start garbage collection with confirm = true.`,
      };
  }
}
