// Выгрузка журнала потоком: порциями по номеру, от старых к новым, в памяти не больше одной порции.
import { Readable } from 'node:stream';
import type { Database } from '../database-table.ts';
import type { Actor } from './actor.ts';
import { type AuditEntry, type AuditFilter, lastAuditId, readAuditPortion, recordAudit } from './audit-table.ts';

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

export type ExportFormat = 'csv' | 'ndjson' | 'json';

interface Shape {
  readonly head: string;
  readonly line: (entry: AuditEntry) => string;
  /** Что стоит между строками. */
  readonly between: string;
  readonly tail: string;
}

const SHAPES: Readonly<Record<ExportFormat, Shape>> = {
  csv: { head: `${COLUMNS.join(',')}\r\n`, line: csvLine, between: '', tail: '' },
  ndjson: { head: '', line: (entry) => `${JSON.stringify(entry)}\n`, between: '', tail: '' },
  json: { head: '[\n', line: (entry) => JSON.stringify(entry), between: ',\n', tail: '\n]\n' },
};

/** Выгрузка; о том, кто и что выгрузил, тоже есть запись. */
export async function exportAudit(
  database: Database,
  { filter, format, actor }: { filter: AuditFilter; format: ExportFormat; actor: Actor },
): Promise<Readable> {
  await recordAudit(database.db, {
    actor,
    action: 'audit_exported',
    objectType: 'audit_log',
    after: { format, ...filter },
  });
  const { head, line, between, tail } = SHAPES[format];
  async function* portions(): AsyncGenerator<string> {
    // Записи, пришедшие после начала, в выгрузку не входят: иначе под нагрузкой она бы не кончилась.
    const last = await lastAuditId(database.db);
    yield head;
    for (let after = 0; ; ) {
      const entries = await readAuditPortion(database.db, filter, { after, last, limit: PORTION });
      if (entries.length > 0) yield (after === 0 ? '' : between) + entries.map(line).join(between);
      const newest = entries.at(-1);
      if (newest === undefined || entries.length < PORTION) break;
      after = newest.id;
    }
    yield tail;
  }
  return Readable.from(portions(), { objectMode: false });
}

/** Строка CSV по RFC 4180. */
export function csvLine(entry: AuditEntry): string {
  return `${COLUMNS.map((name) => csvField(entry[name])).join(',')}\r\n`;
}

function csvField(value: AuditEntry[keyof AuditEntry]): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  // Табличные программы исполняют поле, которое начинается с этих знаков (хотя бы и после пробелов или в полной ширине),
  // как формулу (OWASP, CSV Injection).
  const harmless = /^\s*[=+\-@|＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
