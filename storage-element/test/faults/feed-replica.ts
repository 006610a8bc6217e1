// Копия, которую ведёт по ленте внимательный читатель: утраченную историю он заменяет списком, как велит контракт.
import assert from 'node:assert/strict';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Element, ElementFile } from '../start-element.ts';
import { listAll } from './compare-with-ledger.ts';

type ChangePage = components['schemas']['ChangePage'];
type Asking = Pick<Element, 'call' | 'token'>;

const PAGE = 300;

export class FeedReplica {
  files = new Map<string, ElementFile>();
  /** Сколько раз история утрачена и взят список. */
  relisted = 0;
  #after = 0;
  #epoch: string | undefined;
  #historyFrom: number | undefined;

  /** Дочитывает ленту; false — элемент ещё не готов. */
  async follow(element: Asking): Promise<boolean> {
    for (;;) {
      const known = this.#historyFrom === undefined ? '' : `&history_from=${this.#historyFrom}`;
      const reply = await element.call('GET', `/api/v1/changes?limit=${PAGE}&after=${this.#after}${known}`);
      if (reply.code() === 'NOT_READY') return false;
      assert.equal(reply.status, 200, reply.bytes.toString());
      const page = reply.json<ChangePage>();
      if (page.history_lost || (this.#epoch !== undefined && page.epoch !== this.#epoch)) {
        await this.#relist(element, page);
        continue;
      }
      this.#take(page);
      if (page.has_more) continue;
      this.#historyFrom = undefined;
      return true;
    }
  }

  #take(page: ChangePage): void {
    this.#epoch = page.epoch;
    if (this.#after === 0) this.#historyFrom = page.history_from;
    for (const change of page.items) {
      assert.ok(change.revision > this.#after, 'лента идёт по возрастанию revision');
      this.#after = change.revision;
      if (change.type === 'remove') {
        this.files.delete(change.file_id);
        continue;
      }
      refuseMark(change.file);
      this.files.set(change.file_id, change.file);
    }
  }

  async #relist(element: Asking, page: ChangePage): Promise<void> {
    this.files = await listAll(element, { counted: false });
    this.#after = page.next_after;
    this.#epoch = page.epoch;
    this.relisted += 1;
  }
}

/** Байт никто не портил: пометка была бы ложью. */
export function refuseMark({ file_id, status }: ElementFile): void {
  assert.ok(status === 'active' || status === 'deleted', `${file_id}: ложная пометка ${status}`);
}
