// Отчёт сверки: счёт находок по видам, первые из них и ход. Последний законченный переживает перезапуск в reconcile.json.
import { z } from 'zod';
import type { Store } from '../engine/store.ts';
import type { Issue } from './check-file.ts';
import type { IssueType } from './judge-file.ts';

/** Столько первых находок в отчёте; счёт — полный. */
const ISSUES_MAX = 1000;
const DESCRIPTION_LENGTH_MAX = 1000;

const issueTypes = ['orphaned_file', 'missing_file', 'checksum_mismatch', 'size_mismatch', 'orphaned_attr'] as const;
const count = z.number().int().nonnegative();

const schema = z.object({
  format: z.literal(1),
  status: z.enum(['completed', 'failed', 'interrupted']),
  trigger: z.enum(['manual', 'schedule']),
  options: z.strictObject({ dryRun: z.boolean(), verifyChecksums: z.boolean(), moveOrphans: z.boolean() }),
  startedAtMs: count,
  finishedAtMs: count,
  filesTotal: count,
  filesChecked: count,
  bytesChecked: count,
  restored: count,
  counts: z.record(z.enum(issueTypes), count),
  issues: z
    .array(
      z.strictObject({
        type: z.enum(issueTypes),
        fileId: z.string().nullable(),
        description: z.string(),
        action: z.enum(['none', 'marked', 'quarantined']),
      }),
    )
    .max(ISSUES_MAX),
  error: z.string().nullable(),
});

export type ReconcileOptions = z.output<typeof schema>['options'];
export type ReconcileTrigger = z.output<typeof schema>['trigger'];

export interface ReconcileReport {
  status: z.output<typeof schema>['status'] | 'running';
  readonly trigger: ReconcileTrigger;
  readonly options: ReconcileOptions;
  readonly startedAtMs: number;
  finishedAtMs: number | undefined;
  readonly filesTotal: number;
  filesChecked: number;
  bytesChecked: number;
  /** Сколько пометок снято. */
  restored: number;
  readonly counts: Record<IssueType, number>;
  readonly issues: Issue[];
  error: string | null;
}

export function beginReport(
  run: Pick<ReconcileReport, 'trigger' | 'options' | 'startedAtMs' | 'filesTotal'>,
): ReconcileReport {
  return {
    ...run,
    status: 'running',
    finishedAtMs: undefined,
    filesChecked: 0,
    bytesChecked: 0,
    restored: 0,
    counts: { orphaned_file: 0, missing_file: 0, checksum_mismatch: 0, size_mismatch: 0, orphaned_attr: 0 },
    issues: [],
    error: null,
  };
}

export function addIssue(report: ReconcileReport, issue: Issue): void {
  report.counts[issue.type] += 1;
  if (report.issues.length >= ISSUES_MAX) return;
  report.issues.push({ ...issue, description: issue.description.slice(0, DESCRIPTION_LENGTH_MAX) });
}

export function issuesTotal(report: ReconcileReport): number {
  return Object.values(report.counts).reduce((sum, each) => sum + each, 0);
}

export function saveReport(store: Store, report: ReconcileReport): Promise<void> {
  return store.survey.writeReport(`${JSON.stringify({ format: 1, ...report })}\n`);
}

/** Отчёт прежнего процесса; undefined, если его нет. Бросает, если он не читается. */
export function loadReport(store: Store): ReconcileReport | undefined {
  const text = store.survey.readReport();
  if (text === undefined) return undefined;
  const { format: _, ...report } = schema.parse(JSON.parse(text));
  return report;
}
