// GET /api/v1/stats: сводка.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { Stats } from '../../stats/stats-table.ts';

export function getStatsRoute(readStats: () => Promise<Stats>): Handler<AdminOperations['getStats']> {
  return async () => ({ status: 200, body: await readStats() });
}
