// POST /api/v1/mode/transition: сменить режим на ходу; ответ — когда новый режим записан надёжно.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { transitionMode } from '../../files/transition-mode.ts';

export function transitionModeRoute(store: Store): Handler<operations['transitionMode']> {
  return async ({ body, log, principal }) => {
    const { mode } = await transitionMode(store, { target: body.target_mode, confirm: body.confirm ?? false });
    log.info({ event: 'mode_changed', mode, by: principal.subject }, 'режим сменён');
    return { status: 200, body: { storage_id: store.storageId, mode } };
  };
}
