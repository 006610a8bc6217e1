// Внешняя книга: что элементу отправили, что он подтвердил и каким вправе оказаться каждый файл после сбоя.
// Ни диска, ни сети не знает. На файл — не больше одной начатой перемены: тогда исходов ровно два.
import assert from 'node:assert/strict';
import type { ElementFile } from '../start-element.ts';

export interface FileState {
  readonly status: 'active' | 'deleted';
  readonly description: string;
}

interface Entry {
  readonly checksum: string;
  readonly size: number;
  /** Подтверждено; undefined — файла быть не должно. */
  known: FileState | undefined;
  /** Начато и ещё без ответа: либо случилось целиком, либо никак. */
  started: FileState | undefined;
  /** Содержимое скачано и сверено после какого-нибудь запуска. */
  verified: boolean;
  /** Когда начали удалять в последний раз; раньше этого отсрочка уборки не началась. */
  deletedAtMs: number;
}

export type Change = 'upload' | 'edit' | 'delete' | 'restore';

export class Ledger {
  readonly #graceMs: number;
  readonly #entries = new Map<string, Entry>();
  /** Те, над кем можно действовать дальше: подтверждены и ничего не ждут. */
  readonly #free: string[] = [];
  readonly acknowledged: Record<Change, number> = { upload: 0, edit: 0, delete: 0, restore: 0 };
  /** Отказы с ответом: перемены не случилось (507) или исход неизвестен (прочие 5xx). */
  readonly refused = { full: 0, failed: 0 };
  /** Перемены без ответа, которые после запуска оказались целы. */
  unansweredWhole = 0;
  /** Удалённые, которых дождалась уборка. */
  collectedTotal = 0;

  /** graceMs — отсрочка уборки: раньше неё удалённый файл пропасть не вправе. По умолчанию не убирают ничего. */
  constructor({ graceMs = Number.POSITIVE_INFINITY }: { graceMs?: number } = {}) {
    this.#graceMs = graceMs;
  }

  get files(): number {
    return this.#entries.size;
  }

  get acknowledgedTotal(): number {
    return Object.values(this.acknowledged).reduce((sum, count) => sum + count, 0);
  }

  checksumOf(id: string): string | undefined {
    return this.#entries.get(id)?.checksum;
  }

  startUpload(id: string, content: { checksum: string; size: number }, description: string): void {
    const started = { status: 'active', description } as const;
    this.#entries.set(id, { ...content, known: undefined, started, verified: false, deletedAtMs: Infinity });
  }

  /** Берёт случайный файл в этом состоянии, которым никто не занят; вернут его acknowledge и refuse. */
  take(status: FileState['status']): { id: string; state: FileState } | undefined {
    for (let attempt = 0; attempt < 8 && this.#free.length > 0; attempt += 1) {
      const at = Math.floor(Math.random() * this.#free.length);
      const id = this.#free[at];
      const state = id === undefined ? undefined : this.#entries.get(id)?.known;
      if (id === undefined || state?.status !== status) continue;
      this.#free[at] = this.#free.at(-1) ?? id;
      this.#free.pop();
      return { id, state };
    }
    return undefined;
  }

  /** Начато и ещё без ответа. */
  isBusy(id: string): boolean {
    return this.#entries.get(id)?.started !== undefined;
  }

  /** Возвращает взятое, с которым ничего не сделали. */
  giveBack(id: string): void {
    this.#free.push(id);
  }

  startChange(id: string, next: FileState): void {
    const entry = this.#entry(id);
    entry.started = next;
    if (next.status === 'deleted') entry.deletedAtMs = Date.now();
  }

  /** Удалённый файл, которого элемент больше не знает: убран, и не раньше отсрочки. */
  collected(id: string): void {
    const entry = this.#entry(id);
    assert.ok(this.#mayBeCollected(entry), `${id}: файла нет, а ${say(entry.known)} и отсрочка не прошла`);
    this.#entries.delete(id);
    this.collectedTotal += 1;
  }

  acknowledge(id: string, change: Change): void {
    const entry = this.#entry(id);
    entry.known = entry.started;
    entry.started = undefined;
    this.acknowledged[change] += 1;
    this.#free.push(id);
  }

  /** Элемент сказал «места нет»: перемены не случилось. */
  refuseFull(id: string): void {
    const entry = this.#entry(id);
    entry.started = undefined;
    this.refused.full += 1;
    if (entry.known === undefined) this.#entries.delete(id);
    else this.#free.push(id);
  }

  /** Сверяет список элемента с книгой и запоминает, чем кончилось начатое. Возвращает живых, начиная с несверенных. */
  settle(listed: ReadonlyMap<string, ElementFile>): { fresh: string[]; seen: string[] } {
    for (const id of listed.keys()) assert.ok(this.#entries.has(id), `${id}: такого файла не отправляли`);
    const living: { fresh: string[]; seen: string[] } = { fresh: [], seen: [] };
    this.#free.length = 0;
    for (const [id, entry] of this.#entries) {
      if (!listed.has(id) && this.#mayBeCollected(entry)) {
        this.collected(id);
        continue;
      }
      this.#settleOne(id, entry, listed.get(id));
      if (entry.known === undefined) {
        this.#entries.delete(id);
        continue;
      }
      this.#free.push(id);
      if (entry.known.status === 'active') living[entry.verified ? 'seen' : 'fresh'].push(id);
    }
    return living;
  }

  verified(id: string): void {
    this.#entry(id).verified = true;
  }

  #settleOne(id: string, entry: Entry, file: ElementFile | undefined): void {
    const { known, started } = entry;
    const isKnown = isSame(known, file);
    assert.ok(
      isKnown || (started !== undefined && isSame(started, file)),
      `${id}: подтверждено ${say(known)}, начато ${say(started)}, а элемент знает ${say(file)}`,
    );
    if (file !== undefined) {
      assert.equal(file.checksum, entry.checksum, `${id}: сумма в описании`);
      assert.equal(file.size, entry.size, `${id}: длина в описании`);
    }
    if (!isKnown) {
      entry.known = started;
      this.unansweredWhole += 1;
    }
    entry.started = undefined;
  }

  #mayBeCollected({ known, started, deletedAtMs }: Entry): boolean {
    const deleting = known?.status === 'deleted' || started?.status === 'deleted';
    return deleting && Date.now() >= deletedAtMs + this.#graceMs;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    assert.ok(entry, `${id}: в книге нет`);
    return entry;
  }
}

function isSame(state: FileState | undefined, file: ElementFile | undefined): boolean {
  return state?.status === file?.status && state?.description === file?.description;
}

function say(state: FileState | ElementFile | undefined): string {
  return state === undefined ? '«нет»' : `${state.status} «${state.description}»`;
}
