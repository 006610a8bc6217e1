// GET /api/v1/audit: журнал действий.
import type { Handler } from '@artstore/chassis';
import { page } from '@artstore/contracts';
import type { AdminOperations } from '../../api-types.ts';
import type { AuditEntry, AuditFilter } from '../../audit/audit-table.ts';
import { pageWindow } from '../page-window.ts';
import { auditFilter } from './audit-filter.ts';

export type ListAudit = (
  filter: AuditFilter,
  window: { limit: number; offset: number },
) => Promise<{ items: AuditEntry[]; total: number }>;

export function listAuditRoute(listAudit: ListAudit): Handler<AdminOperations['listAudit']> {
  return async ({ query }) => {
    const { limit, offset } = pageWindow(query);
    const { items, total } = await listAudit(auditFilter(query), { limit, offset });
    return { status: 200, body: page(items, total, limit, offset) };
  };
}
