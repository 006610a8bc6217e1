// Выгрузка журнала потоком: порциями по номеру, от старых к новым, в памяти не больше одной порции.
import { Readable } from 'node:stream';
import type { Database } from '../database-table.ts';
import { type AuditEntry, type AuditFilter, readAuditAfter } from './audit-table.ts';

const PORTION = 1000;
const COLUMNS = [
  'id',
  'at',
  'actor_kind',
  'actor',
  'action',
  'object_type',
  'object_id',
  'result',
  'reason',
  'before',
  'after',
  'remote_address',
  'request_id',
] as const satisfies readonly (keyof AuditEntry)[];

export function exportAudit(database: Database, filter: AuditFilter, format: 'csv' | 'ndjson'): Readable {
  const line = format === 'csv' ? csvLine : (entry: AuditEntry): string => `${JSON.stringify(entry)}\n`;
  async function* portions(): AsyncGenerator<string> {
    if (format === 'csv') yield `${COLUMNS.join(',')}\r\n`;
    for (let after = 0; ; ) {
      const entries = await readAuditAfter(database.db, filter, after, PORTION);
      if (entries.length > 0) yield entries.map(line).join('');
      const last = entries.at(-1);
      if (last === undefined || entries.length < PORTION) return;
      after = last.id;
    }
  }
  return Readable.from(portions(), { objectMode: false });
}

/** Строка CSV по RFC 4180. */
export function csvLine(entry: AuditEntry): string {
  return `${COLUMNS.map((name) => csvField(entry[name])).join(',')}\r\n`;
}

function csvField(value: AuditEntry[keyof AuditEntry]): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  // Табличные программы исполняют поле, которое начинается с этих знаков, как формулу.
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
