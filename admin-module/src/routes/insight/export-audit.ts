// GET /api/v1/audit/export: выгрузить журнал.
import type { Readable } from 'node:stream';
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { AuditFilter } from '../../audit/audit-table.ts';
import { auditFilter } from './audit-filter.ts';

export type ExportAudit = (filter: AuditFilter, format: 'csv' | 'ndjson') => Readable;

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

export function exportAuditRoute(exportAudit: ExportAudit): Handler<AdminOperations['exportAudit']> {
  return async ({ query }) => {
    const format = query.format ?? 'csv';
    return {
      status: 200,
      headers: {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="artstore-audit.${format}"`,
      },
      body: exportAudit(auditFilter(query), format),
    };
  };
}
