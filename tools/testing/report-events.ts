// Отчёт одного файла проверок для npm test: по строке JSON на каждую завершённую проверку.
// Его загружает сам Node (--test-reporter), поэтому экспорт по умолчанию здесь неизбежен.

import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

/** Строка отчёта. */
export interface ReportedTest {
  /** note — не проверка, а её рассказ о себе (t.diagnostic): сколько было кругов, зёрен, сверок. */
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'note';
  readonly name: string;
  readonly durationMs: number;
  readonly line: number;
  /** Почему пропущена или чем провалена. */
  readonly explanation: string;
}

/**
 * Читает строку отчёта.
 * @throws Error, если это не строка отчёта: тогда счёту верить нельзя
 */
export function parseReportedTest(line: string): ReportedTest {
  const row: unknown = JSON.parse(line);
  if (typeof row === 'object' && row !== null && 'outcome' in row && 'name' in row && 'durationMs' in row) {
    const { outcome, name, durationMs } = row;
    const where = 'line' in row && typeof row.line === 'number' ? row.line : 0;
    const explanation = 'explanation' in row && typeof row.explanation === 'string' ? row.explanation : '';
    const isOutcome = outcome === 'passed' || outcome === 'failed' || outcome === 'skipped' || outcome === 'note';
    if (isOutcome && typeof name === 'string' && typeof durationMs === 'number') {
      return { outcome, name, durationMs, line: where, explanation };
    }
  }
  throw new Error(`не строка отчёта: ${line.slice(0, 200)}`);
}

const EXPLANATION_CHARS_MAX = 3_000;
/** Итог самого Node теми же событиями: счёт у прогона свой. */
const OWN_SUMMARY = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** Превращает события node:test в строки отчёта. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === 'test:diagnostic' && !OWN_SUMMARY.test(event.data.message)) {
      const note: ReportedTest = { outcome: 'note', name: event.data.message, durationMs: 0, line: 0, explanation: '' };
      yield `${JSON.stringify(note)}\n`;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const isSuite = data.details.type === 'suite';
    if (isSuite && event.type === 'test:pass' && data.skip === undefined) continue;
    const row: ReportedTest = {
      outcome: outcomeOf(event),
      name: data.name,
      durationMs: data.details.duration_ms,
      line: data.line ?? 0,
      explanation: explain(event).slice(0, EXPLANATION_CHARS_MAX),
    };
    yield `${JSON.stringify(row)}\n`;
  }
}

type FinishedEvent = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

function outcomeOf({ type, data }: FinishedEvent): ReportedTest['outcome'] {
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
  return type === 'test:pass' ? 'passed' : 'failed';
}

function explain({ type, data }: FinishedEvent): string {
  const reason = data.skip ?? data.todo;
  if (reason !== undefined) return typeof reason === 'string' ? reason : 'без причины';
  if (type === 'test:pass') return '';
  const { error } = data.details;
  const cause: unknown = error.cause ?? error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 4, breakLength: 120 });
}
