// Формы ухода за элементом хранения (сверка и уборка), которые модуль управления передаёт дальше. Чистый файл.

import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import { flag, integer, listOf, nullable, oneOf, optional, record, text, timestamp, uuid } from './shape.ts';
import type { Shape } from './shape.ts';

export type ReconcileOptions = components['schemas']['ReconcileOptions'];
export type ReconcileState = components['schemas']['ReconcileState'];
export type GcOptions = components['schemas']['GcOptions'];
export type GcState = components['schemas']['GcState'];

const issueTypes = ['orphaned_file', 'missing_file', 'checksum_mismatch', 'size_mismatch', 'orphaned_attr'] as const;

export const reconcileState: Shape<ReconcileState> = record({
  status: oneOf(['idle', 'running', 'completed', 'failed', 'interrupted']),
  trigger: nullable(oneOf(['manual', 'schedule'])),
  options: nullable(
    record({ dry_run: optional(flag), verify_checksums: optional(flag), move_orphans: optional(flag) }),
  ),
  started_at: nullable(timestamp),
  finished_at: nullable(timestamp),
  next_run_at: nullable(timestamp),
  progress: record({ files_total: integer(), files_checked: integer(), bytes_checked: integer() }),
  issues_total: integer(),
  issue_counts: record({
    orphaned_file: integer(),
    missing_file: integer(),
    checksum_mismatch: integer(),
    size_mismatch: integer(),
    orphaned_attr: integer(),
  }),
  issues: listOf(
    record({
      type: oneOf(issueTypes),
      file_id: nullable(uuid),
      description: text(1000),
      action: oneOf(['none', 'marked', 'quarantined']),
    }),
    1000,
  ),
  error: nullable(text(1000)),
});

export const gcState: Shape<GcState> = record({
  status: oneOf(['idle', 'running', 'completed', 'failed', 'interrupted']),
  trigger: nullable(oneOf(['manual', 'schedule'])),
  dry_run: flag,
  started_at: nullable(timestamp),
  finished_at: nullable(timestamp),
  next_run_at: nullable(timestamp),
  backlog: record({ files: integer(), bytes: integer() }),
  trash: record({ files: integer(), bytes: integer() }),
  result: record({
    files_expired: integer(),
    files_removed: integer(),
    bytes_freed: integer(),
    tombstones_forgotten: integer(),
  }),
  suspended: nullable(text(1000)),
  error: nullable(text(1000)),
});
