// Нагрузка: загрузки, правки, удаления, возвраты и скачивания по HTTP, каждая — с записью в книгу до и после ответа.
// Кроме ответов, положенных здоровому элементу, терпит только отказы 5xx и оборванные соединения.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../send.ts';
import { type Element, newId, sha256 } from '../start-element.ts';
import type { Change, FileState, Ledger } from './ledger.ts';

export interface Load {
  readonly element: Pick<Element, 'call' | 'put' | 'token'>;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  readonly workers?: number;
  /** Длины загружаемых файлов, байт; малые едут внутри журнала, большие — через staging. */
  readonly sizes?: readonly number[];
  /** Ничего не удалять. */
  readonly keeping?: boolean;
  /** Токен вместо обычного: у процесса с чужими часами срок другой. */
  readonly token?: string;
}

const WORKERS = 12;
/** Большие редки: на сотню кругов диска должно хватить. */
const SMALL = [0, 1000, 4096, 20_000];
const SIZES = [...SMALL, ...SMALL, ...SMALL, 65_536, 65_537, 300_000, 1_500_000];
const JSON_TYPE = { 'content-type': 'application/json' };
/** Передышка после обрыва: элемент мёртв или умирает, и до сигнала остались миллисекунды. */
const AFTER_BREAK_MS = 5;
/** Случайные байты, из которых вырезается содержимое файлов: рождать их заново дорого. */
const POOL = randomBytes(4 << 20);

/** Нагружает, пока не придёт сигнал и не кончатся начатые вызовы. Бросает AssertionError, если элемент солгал. */
export async function loadElement(load: Load): Promise<void> {
  const token = load.token ?? load.element.token();
  const worker = new Worker({ ...load, token });
  await Promise.all(Array.from({ length: load.workers ?? WORKERS }, () => worker.run()));
}

class Worker {
  readonly #load: Load & { readonly token: string };
  readonly #sizes: readonly number[];

  constructor(load: Load & { readonly token: string }) {
    this.#load = load;
    this.#sizes = load.sizes ?? SIZES;
  }

  async run(): Promise<void> {
    while (!this.#load.signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        await sleep(AFTER_BREAK_MS);
      }
    }
  }

  #step(): Promise<void> {
    const dice = Math.random();
    if (dice < 0.55) return this.#upload();
    if (dice < 0.7) return this.#change('edit', 'active');
    if (dice < 0.8) return this.#load.keeping === true ? this.#upload() : this.#change('delete', 'active');
    if (dice < 0.85) return this.#change('restore', 'deleted');
    return this.#download();
  }

  async #upload(): Promise<void> {
    const { element, ledger, token } = this.#load;
    const id = newId();
    const size = this.#sizes[Math.floor(Math.random() * this.#sizes.length)] ?? 0;
    const start = Math.floor(Math.random() * (POOL.length - size));
    const bytes = POOL.subarray(start, start + size);
    ledger.startUpload(id, { checksum: sha256(bytes), size }, 'новый');
    this.#write(id, 'upload', await element.put(id, bytes, { intent: { description: 'новый' }, token }));
  }

  async #change(change: Exclude<Change, 'upload'>, from: FileState['status']): Promise<void> {
    const taken = this.#load.ledger.take(from);
    if (taken === undefined) return this.#upload();
    const { id, state } = taken;
    const next: FileState = {
      status: change === 'delete' ? 'deleted' : 'active',
      description: change === 'edit' ? `правка ${Math.random()}` : state.description,
    };
    this.#load.ledger.startChange(id, next);
    this.#write(id, change, await this.#send(id, change, next));
  }

  #send(id: string, change: Exclude<Change, 'upload'>, { description }: FileState): Promise<Reply> {
    const { element, token } = this.#load;
    const path = `/api/v1/files/${id}`;
    if (change === 'delete') return element.call('DELETE', path, { token });
    if (change === 'restore') return element.call('POST', `${path}/restore`, { token });
    return element.call('PATCH', path, { token, headers: JSON_TYPE, body: JSON.stringify({ description }) });
  }

  /** Записывает ответ в книгу. Начатое без ответа и с ответом 5xx остаётся начатым. */
  #write(id: string, change: Change, reply: Reply): void {
    const { ledger } = this.#load;
    const accepted = { upload: 201, edit: 200, delete: 204, restore: 200 }[change];
    if (reply.status === accepted) ledger.acknowledge(id, change);
    else if (reply.code() === 'STORAGE_FULL') ledger.refuseFull(id);
    else this.#refused(id, change, reply);
  }

  async #download(): Promise<void> {
    const { element, ledger, token } = this.#load;
    const taken = ledger.take('active');
    if (taken === undefined) return this.#upload();
    const { id } = taken;
    try {
      const reply = await element.call('GET', `/api/v1/files/${id}/download`, { token });
      if (reply.status === 200) assert.equal(sha256(reply.bytes), ledger.checksumOf(id), `${id}: содержимое не то`);
      else this.#refused(id, 'download', reply);
    } finally {
      ledger.giveBack(id);
    }
  }

  #refused(id: string, what: string, reply: Reply): void {
    assert.ok(reply.status >= 500, `${what} ${id}: ответ ${reply.status} ${reply.bytes.toString()}`);
    this.#load.ledger.refused.failed += 1;
  }
}
