// Счёт прогона и его рассказ: строка на файл по ходу дела, провалы и пропуски ещё раз в конце, последней — итог.

import { inspect } from 'node:util';
import type { TestFileResult } from './run-test-file.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Tally {
  addChecks(counts: Counts): void;
  addFile(result: TestFileResult): void;
  /** Провал не проверки, а самого прогона. */
  fail(name: string, reason: unknown): void;
  failed(): boolean;
  printSummary(): void;
}

/** Строки вывода, которые показываются и тогда, когда всё хорошо. */
const TOTAL_PREFIX = 'итог: ';
const SLOW_TEST_MS = 10_000;
/** В итоге провал напоминают коротко: целиком он напечатан там, где случился. */
const SUMMARY_LINES_MAX = 12;

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

/** Заводит пустой счёт; печатает в стандартный вывод. */
export function createTally(print: (line: string) => void = console.log): Tally {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const skips: string[] = [];
  const slow: string[] = [];
  const startedAt = performance.now();

  const fail = (name: string, reason: unknown): void => {
    counts.failed += 1;
    const text = typeof reason === 'string' ? reason : inspect(reason, { breakLength: 120 });
    print(`✗ ${name}\n${indent(text)}`);
    failures.push(`✗ ${name}\n${indent(text.split('\n').slice(0, SUMMARY_LINES_MAX).join('\n'))}`);
  };

  return {
    addChecks({ passed, failed, skipped }) {
      counts.passed += passed;
      counts.failed += failed;
      counts.skipped += skipped;
      if (failed > 0) failures.push('✗ npm run check: смотрите начало вывода');
    },
    addFile({ path, tests, fault, output, seconds }) {
      const passed = tests.filter((item) => item.outcome === 'passed').length;
      const skipped = tests.filter((item) => item.outcome === 'skipped');
      const failed = tests.filter((item) => item.outcome === 'failed');
      counts.passed += passed;
      counts.skipped += skipped.length;
      const isGood = failed.length === 0 && fault === undefined;
      const notes = tests.filter((item) => item.outcome === 'note');
      const total = tests.length - notes.length;
      print(`${isGood ? '✓' : '✗'} ${path}: ${passed} из ${total}, ${seconds.toFixed(1)} с`);
      for (const note of notes) print(indent(note.name));
      for (const line of output.split('\n')) if (line.startsWith(TOTAL_PREFIX)) print(indent(line));
      for (const item of failed) fail(`${path}:${item.line} ${item.name}`, item.explanation);
      if (fault !== undefined) fail(path, `${fault}\n${output}`);
      else if (failed.length > 0 && output !== '') print(indent(`вывод ${path}:\n${output.slice(-4_000)}`));
      for (const item of skipped) skips.push(`- ${path}: ${item.name} (${item.explanation})`);
      for (const item of tests) {
        if (item.durationMs > SLOW_TEST_MS)
          slow.push(`- ${(item.durationMs / 1000).toFixed(0)} с ${path}: ${item.name}`);
      }
    },
    fail,
    failed: () => counts.failed > 0,
    printSummary() {
      if (slow.length > 0) print(`\nДольше ${SLOW_TEST_MS / 1000} с:\n${slow.join('\n')}`);
      if (skips.length > 0) print(`\nПропущено:\n${skips.join('\n')}`);
      if (failures.length > 0) print(`\nПровалено:\n${failures.join('\n')}`);
      print(`\nвремя: ${((performance.now() - startedAt) / 1000).toFixed(0)} с`);
      print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    },
  };
}
