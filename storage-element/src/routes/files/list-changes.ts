// GET /api/v1/changes: лента изменений после известной позиции журнала.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { listChanges } from '../../files/list-changes.ts';
import { toChange } from '../../http/to-wire.ts';

export function listChangesRoute(store: Store): Handler<operations['listChanges']> {
  return async ({ query }) => {
    const { after = 0, limit = 100, history_from: knownHistoryFrom } = query;
    const page = listChanges(store, { after, knownHistoryFrom, limit });
    return {
      status: 200,
      body: {
        epoch: page.epoch,
        items: page.items.map(toChange),
        next_after: page.nextAfter,
        has_more: page.hasMore,
        history_from: page.historyFrom,
        history_lost: page.historyLost,
      },
    };
  };
}
