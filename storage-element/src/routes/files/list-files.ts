// GET /api/v1/files: страница описаний, по номеру или по ключу.
import type { Handler } from '@artstore/chassis';
import { ArtError } from '@artstore/contracts';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { listFiles } from '../../files/list-files.ts';
import { toElementFile } from '../../http/to-wire.ts';

export function listFilesRoute(store: Store): Handler<operations['listFiles']> {
  return async ({ query }) => {
    const { limit = 100, offset, after, status } = query;
    if (offset !== undefined && after !== undefined) {
      throw new ArtError('VALIDATION_ERROR', {
        details: [
          { field: 'query.after', message: 'must not be used together with offset', ru: 'нельзя вместе с offset' },
        ],
      });
    }
    const { items, total, nextAfter } = listFiles(store, { limit, offset, after, status });
    return {
      status: 200,
      body: {
        items: items.map(toElementFile),
        total,
        limit,
        offset: offset ?? 0,
        has_more: after === undefined ? (offset ?? 0) + items.length < total : nextAfter !== null,
        next_after: nextAfter,
      },
    };
  };
}
