// Отбор журнала из параметров запроса: общий для списка и выгрузки.
import type { AdminOperations } from '../../api-types.ts';
import type { AuditFilter } from '../../audit/audit-table.ts';

type Query = Exclude<AdminOperations['listAudit']['parameters']['query'], undefined>;

export function auditFilter(query: Omit<Query, 'limit' | 'offset'>): AuditFilter {
  const { actor, action, object_type: objectType, object_id: objectId, result, from, to } = query;
  return { actor, action, objectType, objectId, result, from, to };
}
