// POST /api/v1/maintenance/gc: начать проход уборки, не дожидаясь расписания.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Gc } from '../../upkeep/run-gc.ts';
import { toGcState } from './to-gc-state.ts';

export function runGcRoute(gc: Gc): Handler<operations['runGc']> {
  return async ({ body, log, principal }) => {
    const dryRun = body?.dry_run ?? false;
    const confirm = body?.confirm ?? false;
    await gc.start({ dryRun, confirm });
    log.info({ event: 'gc_started', dryRun, confirm, by: principal.subject }, 'уборка начата');
    return { status: 202, body: toGcState(gc.state) };
  };
}
