// Нагрузка всем сразу: загрузки, повторы, обрывы, правки, удаления, возвраты, куски, списки. Отказ терпит только честный:
// NOT_READY, когда элемент запускается, строит каталог или останавливается.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../send.ts';
import { type Element, type FilePage, newId, sha256 } from '../start-element.ts';
import { refuseMark } from './feed-replica.ts';
import type { FileState, Ledger } from './ledger.ts';

export interface MixedLoad {
  readonly element: Pick<Element, 'call' | 'put' | 'token'>;
  readonly ledger: Ledger;
  readonly contents: Contents;
  readonly signal: AbortSignal;
  readonly workers: number;
  /** Вправе ли элемент сейчас отвечать NOT_READY и рвать соединения. */
  readonly mayRefuse: () => boolean;
  /** Сколько чего сделано: ответы по действиям, отказы, обрывы. */
  readonly counts: Map<string, number>;
}

/** Что лежит под именем: кусок общего запаса случайных байт. */
export type Contents = Map<string, Buffer>;

const SMALL = [0, 1, 1000, 4096, 20_000];
const SIZES = [...SMALL, ...SMALL, ...SMALL, 65_535, 65_536, 65_537, 300_000, 1_500_000, 6_000_000];
const POOL = randomBytes(8 << 20);
const JSON_TYPE = { 'content-type': 'application/json' };
const AFTER_BREAK_MS = 5;

/** Нагружает, пока не придёт сигнал и не кончатся начатые вызовы. Бросает AssertionError, если элемент солгал. */
export async function mixLoad(load: MixedLoad): Promise<void> {
  const worker = new Worker(load, load.element.token());
  await Promise.all(Array.from({ length: load.workers }, () => worker.run()));
}

class Worker {
  readonly #load: MixedLoad;
  readonly #token: string;

  constructor(load: MixedLoad, token: string) {
    this.#load = load;
    this.#token = token;
  }

  async run(): Promise<void> {
    while (!this.#load.signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        assert.ok(this.#load.mayRefuse(), `обрыв связи с живым элементом: ${String(error)}`);
        this.#count('обрывов связи');
        await sleep(AFTER_BREAK_MS);
      }
    }
  }

  #step(): Promise<void> {
    const dice = Math.random();
    if (dice < 0.35) return this.#upload(newId(), chooseContent());
    if (dice < 0.4) return this.#twins();
    if (dice < 0.43) return this.#tornUpload();
    if (dice < 0.5) return this.#repeat();
    if (dice < 0.62) return this.#edit();
    if (dice < 0.75) return this.#remove();
    if (dice < 0.82) return this.#restore();
    if (dice < 0.98) return this.#download();
    return this.#list();
  }

  async #upload(id: string, bytes: Buffer): Promise<void> {
    const { ledger, contents } = this.#load;
    contents.set(id, bytes);
    ledger.startUpload(id, { checksum: sha256(bytes), size: bytes.length }, 'новый');
    const reply = await this.#put(id, bytes);
    if (this.#answered('загрузка', id, reply, 201)) ledger.acknowledge(id, 'upload');
  }

  /** Две одинаковые загрузки разом: одна создаёт, другая узнаёт. */
  async #twins(): Promise<void> {
    const { ledger, contents } = this.#load;
    const id = newId();
    const bytes = chooseContent();
    contents.set(id, bytes);
    ledger.startUpload(id, { checksum: sha256(bytes), size: bytes.length }, 'новый');
    const replies = await Promise.all([this.#put(id, bytes), this.#put(id, bytes)]);
    const sound = replies.filter((reply) => this.#answered('двойная загрузка', id, reply, 200, 201));
    if (sound.length < 2) return;
    assert.deepEqual(sound.map(({ status }) => status).toSorted(), [200, 201], `${id}: создан ровно один раз`);
    ledger.acknowledge(id, 'upload');
  }

  /** Отправитель пропал посреди тела: файла нет. */
  async #tornUpload(): Promise<void> {
    const id = newId();
    const body = Readable.from(
      (function* () {
        yield POOL.subarray(0, 500_000);
        throw new Error('отправитель пропал');
      })(),
    );
    const { element } = this.#load;
    await element.put(id, body, { headers: { 'content-length': '900000' }, token: this.#token }).catch(() => undefined);
    const reply = await this.#call('GET', `/api/v1/files/${id}`);
    this.#answered('описание оборванного', id, reply, 404);
  }

  /** Снова то же содержимое — 200, другое — 409. */
  #repeat(): Promise<void> {
    return this.#take('active', async (id) => {
      const bytes = this.#load.contents.get(id) ?? Buffer.alloc(0);
      const isSame = Math.random() < 0.6;
      const reply = await this.#put(id, isSame ? bytes : Buffer.concat([bytes, Buffer.from('!')]));
      this.#answered('повтор загрузки', id, reply, isSame ? 200 : 409);
      return 'back';
    });
  }

  #edit(): Promise<void> {
    return this.#take('active', async (id) => {
      const description = `правка ${Math.random()}`;
      this.#load.ledger.startChange(id, { status: 'active', description });
      const body = JSON.stringify({ description });
      const reply = await this.#call('PATCH', `/api/v1/files/${id}`, { headers: JSON_TYPE, body });
      if (this.#answered('правка', id, reply, 200)) this.#load.ledger.acknowledge(id, 'edit');
      return 'kept';
    });
  }

  #remove(): Promise<void> {
    return this.#take('active', async (id, { description }) => {
      this.#load.ledger.startChange(id, { status: 'deleted', description });
      const reply = await this.#call('DELETE', `/api/v1/files/${id}`);
      if (this.#answered('удаление', id, reply, 204)) this.#load.ledger.acknowledge(id, 'delete');
      return 'kept';
    });
  }

  /** Убранный уже не вернуть: его имя свободно, и под ним загружается другое. */
  #restore(): Promise<void> {
    return this.#take('deleted', async (id, { description }) => {
      const { ledger } = this.#load;
      ledger.startChange(id, { status: 'active', description });
      const reply = await this.#call('POST', `/api/v1/files/${id}/restore`);
      if (!this.#answered('возврат', id, reply, 200, 404)) return 'kept';
      if (reply.status === 200) {
        ledger.acknowledge(id, 'restore');
        return 'kept';
      }
      ledger.collected(id);
      this.#count('загрузок на место убранного');
      await this.#upload(id, chooseContent());
      return 'kept';
    });
  }

  #download(): Promise<void> {
    return this.#take('active', async (id) => {
      const bytes = this.#load.contents.get(id) ?? Buffer.alloc(0);
      const from = Math.floor(Math.random() * bytes.length);
      const to = from + Math.floor(Math.random() * (bytes.length - from));
      const whole = bytes.length === 0 || Math.random() < 0.5;
      const headers: Record<string, string> = whole ? {} : { range: `bytes=${from}-${to}` };
      const reply = await this.#call('GET', `/api/v1/files/${id}/download`, { headers });
      if (this.#answered('скачивание', id, reply, whole ? 200 : 206))
        assert.ok(reply.bytes.equals(whole ? bytes : bytes.subarray(from, to + 1)), `${id}: содержимое не то`);
      return 'back';
    });
  }

  async #list(): Promise<void> {
    const reply = await this.#call('GET', '/api/v1/files?limit=500');
    if (!this.#answered('список', '', reply, 200)) return;
    for (const file of reply.json<FilePage>().items) refuseMark(file);
  }

  async #take(status: FileState['status'], work: (id: string, state: FileState) => Promise<'back' | 'kept'>) {
    const { ledger } = this.#load;
    const taken = ledger.take(status);
    if (taken === undefined) return this.#upload(newId(), chooseContent());
    let outcome: 'back' | 'kept' = 'back';
    // Оборванное чтение файла не занимает, оборванная перемена — до сверки.
    const before = ledger.isBusy(taken.id);
    try {
      outcome = await work(taken.id, taken.state);
    } catch (error) {
      if (ledger.isBusy(taken.id) !== before) outcome = 'kept';
      throw error;
    } finally {
      if (outcome === 'back') ledger.giveBack(taken.id);
    }
  }

  #put(id: string, bytes: Buffer): Promise<Reply> {
    return this.#load.element.put(id, bytes, { intent: { description: 'новый' }, token: this.#token });
  }

  #call(method: string, path: string, o: { headers?: Record<string, string>; body?: string } = {}): Promise<Reply> {
    return this.#load.element.call(method, path, { token: this.#token, ...o });
  }

  #count(name: string): void {
    const { counts } = this.#load;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  /** Ожидаемый ответ — true, честный отказ — false, прочее — ложь. */
  #answered(what: string, id: string, reply: Reply, ...expected: number[]): boolean {
    if (expected.includes(reply.status)) {
      this.#count(`${what} ${reply.status}`);
      return true;
    }
    const text = `${what} ${id}: ответ ${reply.status} ${reply.bytes.subarray(0, 1000).toString()}`;
    assert.equal(reply.code(), 'NOT_READY', text);
    assert.ok(this.#load.mayRefuse(), text);
    this.#count('отказов NOT_READY');
    return false;
  }
}

function chooseContent(): Buffer {
  const size = SIZES[Math.floor(Math.random() * SIZES.length)] ?? 0;
  const start = Math.floor(Math.random() * (POOL.length - size));
  return POOL.subarray(start, start + size);
}
