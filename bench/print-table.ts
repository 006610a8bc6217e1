// Таблица замеров для человека: на экран и в docs/benchmarks.md. Чистая логика.

import { ROWS, type Result } from './rows.ts';

function number(value: number | null): string {
  if (value === null) return '—';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function verdict({ ok, skipped }: Result): string {
  if (skipped !== undefined) return `пропущено: ${skipped}`;
  if (ok === null) return '';
  return ok ? 'да' : 'нет';
}

/** Строки Markdown: имя, что меряли, значение, сравнение, отношение, цель, достигнута ли. */
export function markdownTable(results: readonly Result[]): string {
  const head =
    '| Строка | Что | Значение | Сравнение | Отношение | Цель | Достигнута |\n|---|---|---:|---:|---:|---|---|';
  const lines = results.map((result) => {
    const row = ROWS.find(({ id }) => id === result.id);
    const value = result.value === null ? '—' : `${number(result.value)} ${result.unit}`;
    const baseline = row?.baseline === undefined ? '' : `${number(result.baseline)} \`${row.baseline}\``;
    const ratio = result.ratio === null ? '' : result.ratio.toFixed(2);
    const note = result.note === undefined ? '' : ` (${result.note})`;
    return `| \`${result.id}\` | ${row?.what ?? ''}${note} | ${value} | ${baseline} | ${ratio} | ${result.target ?? ''} | ${verdict(result)} |`;
  });
  return [head, ...lines].join('\n');
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly fileSystem: string;
}

/** Страница docs/benchmarks.md. */
export function benchmarksPage(results: readonly Result[], machine: Machine, date: string): string {
  return [
    '# Замеры',
    '',
    '<!-- Порождено командой npm run bench -- --write. Руками не правят. -->',
    '',
    'Сравнения сняты в том же прогоне, на том же диске. Важны отношения: сами числа зависят от машины и от соседей по ней.',
    'Каждое значение — медиана повторов. Отдельную строку можно повторить: `npm run bench -- --only ИМЯ --json`.',
    '',
    `Машина: ${machine.processor}, ядер ${machine.cores}, память ${machine.memoryGib} ГиБ, Linux ${machine.kernel}, ` +
      `${machine.fileSystem}, Node ${machine.node}. Дата: ${date}.`,
    '',
    markdownTable(results),
    '',
  ].join('\n');
}
