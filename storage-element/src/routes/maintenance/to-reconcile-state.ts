// Отчёт сверки в словах контракта. Чистое преобразование.
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import { issuesTotal, type ReconcileReport } from '../../upkeep/reconcile-report.ts';

type ReconcileState = components['schemas']['ReconcileState'];

const NOTHING_FOUND = { orphaned_file: 0, missing_file: 0, checksum_mismatch: 0, size_mismatch: 0, orphaned_attr: 0 };

/** undefined — сверки ещё не было. Время — миллисекунды Unix. */
export function toReconcileState(report: ReconcileReport | undefined, nextRunAtMs: number | null): ReconcileState {
  const next_run_at = toIso(nextRunAtMs);
  if (report === undefined) {
    return {
      status: 'idle',
      trigger: null,
      options: null,
      started_at: null,
      finished_at: null,
      next_run_at,
      progress: { files_total: 0, files_checked: 0, bytes_checked: 0 },
      issues_total: 0,
      issue_counts: NOTHING_FOUND,
      issues: [],
      error: null,
    };
  }
  const { options } = report;
  return {
    status: report.status,
    trigger: report.trigger,
    options: {
      dry_run: options.dryRun,
      verify_checksums: options.verifyChecksums,
      move_orphans: options.moveOrphans,
    },
    started_at: toIso(report.startedAtMs),
    finished_at: toIso(report.finishedAtMs ?? null),
    next_run_at,
    progress: {
      files_total: report.filesTotal,
      files_checked: report.filesChecked,
      bytes_checked: report.bytesChecked,
    },
    issues_total: issuesTotal(report),
    issue_counts: { ...report.counts },
    issues: report.issues.map(({ type, fileId, description, action }) => ({
      type,
      file_id: fileId,
      description,
      action,
    })),
    error: report.error,
  };
}

function toIso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
