// GET /api/v1/maintenance/reconcile: идущая сверка или последняя законченная, хотя бы и до перезапуска.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import { toReconcileState } from './to-reconcile-state.ts';
import type { Reconciler } from '../../upkeep/reconcile.ts';

export function getReconcileRoute(reconciler: Reconciler): Handler<operations['getReconcile']> {
  return () => Promise.resolve({ status: 200, body: toReconcileState(reconciler.report, reconciler.nextRunAtMs) });
}
