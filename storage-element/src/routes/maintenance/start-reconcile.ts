// POST /api/v1/maintenance/reconcile: начать сверку. Ответ не ждёт её конца; ход — getReconcile.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import { toReconcileState } from './to-reconcile-state.ts';
import type { Reconciler } from '../../upkeep/reconcile.ts';

export function startReconcileRoute(reconciler: Reconciler): Handler<operations['startReconcile']> {
  return ({ body, log, principal }) => {
    const options = {
      dryRun: body?.dry_run ?? false,
      verifyChecksums: body?.verify_checksums ?? false,
      moveOrphans: body?.move_orphans ?? false,
    };
    const report = reconciler.start(options);
    log.info({ event: 'reconcile_started', ...options, by: principal.subject }, 'сверка начата');
    return Promise.resolve({ status: 202, body: toReconcileState(report, reconciler.nextRunAtMs) });
  };
}
