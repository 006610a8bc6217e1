// Сверка книги с элементом после запуска: список, точные счёты, лента изменений, содержимое.
import assert from 'node:assert/strict';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import { type Element, type ElementFile, type FilePage, sha256 } from '../start-element.ts';
import type { Ledger } from './ledger.ts';

type ChangePage = components['schemas']['ChangePage'];
type Asking = Pick<Element, 'call' | 'token'>;

const PARALLEL_DOWNLOADS = 8;

/** Копия, которую ведёт читатель ленты: она обязана прийти к списку, сколько бы раз элемент ни падал. */
export class FeedCopy {
  readonly files = new Map<string, ElementFile>();
  #after = 0;
  #epoch: string | undefined;

  /** Дочитывает ленту; порядок — строго по revision, эпоха та же. */
  async follow(element: Asking, token = element.token()): Promise<void> {
    for (;;) {
      const reply = await element.call('GET', `/api/v1/changes?limit=1000&after=${this.#after}`, { token });
      assert.equal(reply.status, 200, reply.bytes.toString());
      const page = reply.json<ChangePage>();
      this.#epoch ??= page.epoch;
      assert.equal(page.epoch, this.#epoch, 'история ленты не прервана');
      assert.equal(page.history_lost, false);
      for (const change of page.items) {
        assert.ok(change.revision > this.#after, 'лента идёт по возрастанию revision');
        this.#after = change.revision;
        if (change.type === 'upsert') this.files.set(change.file_id, change.file);
        else this.files.delete(change.file_id);
      }
      if (!page.has_more) return;
    }
  }
}

export interface Comparison {
  readonly element: Asking;
  readonly ledger: Ledger;
  readonly feed: FeedCopy;
  /** Какую долю уже сверенных файлов скачать снова: от 0 до 1. */
  readonly recheckShare: number;
  readonly token?: string;
}

/** Сверяет всё; возвращает, сколько файлов скачано. Бросает AssertionError с именем файла. */
export async function compareWithLedger(o: Comparison): Promise<number> {
  const { element, ledger, feed, recheckShare } = o;
  const token = o.token ?? element.token();
  const listed = await listAll(element, { token });
  const { fresh, seen } = ledger.settle(listed);
  await feed.follow(element, token);
  assert.deepEqual(feed.files, listed, 'лента привела к тому же списку');
  const queue = [...fresh, ...seen.filter(() => Math.random() < recheckShare)];
  const downloads = queue.length;
  await Promise.all(
    Array.from({ length: PARALLEL_DOWNLOADS }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        const reply = await element.call('GET', `/api/v1/files/${id}/download`, { token });
        assert.equal(reply.status, 200, `${id}: ${reply.status} ${reply.bytes.toString()}`);
        assert.equal(sha256(reply.bytes), ledger.checksumOf(id), `${id}: содержимое не то`);
        ledger.verified(id);
      }
    }),
  );
  return downloads;
}

/** Весь список по ключу; точный счёт обязан совпасть с длиной, если список за это время никто не меняет (counted). */
export async function listAll(
  element: Asking,
  { token = element.token(), counted = true }: { token?: string; counted?: boolean } = {},
): Promise<Map<string, ElementFile>> {
  const files = new Map<string, ElementFile>();
  for (let query = '?limit=1000'; ; ) {
    const reply = await element.call('GET', `/api/v1/files${query}`, { token });
    assert.equal(reply.status, 200, reply.bytes.toString());
    const page = reply.json<FilePage>();
    for (const file of page.items) files.set(file.file_id, file);
    if (page.next_after === null) {
      if (counted) assert.equal(files.size, page.total, 'счёт файлов точен');
      return files;
    }
    query = `?limit=1000&after=${page.next_after}`;
  }
}
