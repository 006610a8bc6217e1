// GET /api/v1/audit/export: выгрузить журнал.
import type { Readable } from 'node:stream';
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { type Actor, actorOf } from '../../audit/actor.ts';
import type { AuditFilter } from '../../audit/audit-table.ts';
import type { ExportFormat } from '../../audit/export-audit.ts';
import { auditFilter } from './audit-filter.ts';

export type ExportAudit = (o: { filter: AuditFilter; format: ExportFormat; actor: Actor }) => Promise<Readable>;

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

export function exportAuditRoute(exportAudit: ExportAudit): Handler<AdminOperations['exportAudit']> {
  return async (call) => {
    const { query } = call;
    const format = query.format ?? 'csv';
    return {
      status: 200,
      headers: {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="artstore-audit.${format}"`,
      },
      body: await exportAudit({ filter: auditFilter(query), format, actor: actorOf(call) }),
    };
  };
}
