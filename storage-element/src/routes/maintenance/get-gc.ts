// GET /api/v1/maintenance/gc: что ждёт уборки, чем кончился последний проход, когда следующий.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Gc } from '../../upkeep/run-gc.ts';
import { toGcState } from './to-gc-state.ts';

export function getGcRoute(gc: Gc): Handler<operations['getGc']> {
  return () => Promise.resolve({ status: 200, body: toGcState(gc.state) });
}
