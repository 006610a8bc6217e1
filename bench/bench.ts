// npm run bench: меряет строки таблицы и сравнения к ним в одном прогоне.
//   -- --only ID[,ID]   только названные строки (сравнения к ним снимаются тоже)
//   -- --million        строки на миллион файлов и 64 загрузки по гибибайту: минуты и гигабайты диска
//   -- --ten-million    строки поиска по десяти миллионам файлов: десятки минут и гигабайт
//   -- --json           вместо таблицы JSON: объект при одной строке, иначе список
//   -- --write          записать docs/benchmarks.md (только полный прогон)
//   -- --smoke          крошечные размеры: проверить сами замеры, не машину

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './describe-machine.ts';
import { FULL_SIZES, openLab, SMOKE_SIZES, type Lab } from './lab.ts';
import { MEASURES } from './measures.ts';
import { benchmarksPage, markdownTable } from './print-table.ts';
import { judge, type Result, type Row, ROWS, withBaselines } from './rows.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
    'ten-million': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});

/** Обычный прогон обходится без дорогих строк, --million снимает только их, --write — и те и другие. */
function isInGroup(row: Row): boolean {
  if (row.huge === true || options['ten-million']) return row.huge === true && options['ten-million'];
  return options.write || (row.heavy === true) === options.million;
}

function chooseIds(): readonly string[] {
  const ids = options.only?.split(',') ?? ROWS.filter(isInGroup).map(({ id }) => id);
  const unknown = ids.filter((id) => !ROWS.some((row) => row.id === id));
  if (unknown.length === 0) return ids;
  console.error(`Нет такой строки: ${unknown.join(', ')}. Есть: ${ROWS.map(({ id }) => id).join(', ')}.`);
  process.exit(2);
}

/** Снимает каждый замер один раз, сколько бы строк он ни давал. */
async function measureRows(rows: readonly Row[], lab: Lab): Promise<readonly Result[]> {
  const values = new Map<string, number>();
  const skipped = new Map<string, string>();
  const notes = new Map<string, string>();
  for (const name of new Set(rows.map((row) => row.measure))) {
    process.stderr.write(`${name}…\n`);
    const measured = await MEASURES[name]?.(lab);
    if (measured === undefined) throw new Error(`нет замера ${name}`);
    if (typeof measured['note'] === 'string') notes.set(name, measured['note']);
    if (typeof measured['skipped'] === 'string') skipped.set(name, measured['skipped']);
    for (const [id, value] of Object.entries(measured)) if (typeof value === 'number') values.set(id, value);
  }
  return rows.map((row) => {
    const baseline = row.baseline === undefined ? null : (values.get(row.baseline) ?? null);
    const reason = skipped.get(row.measure);
    const note = notes.get(row.measure);
    return {
      ...judge(row, values.get(row.id) ?? null, baseline),
      ...(reason === undefined ? {} : { skipped: reason }),
      ...(note === undefined ? {} : { note }),
    };
  });
}

function printJson(results: readonly Result[]): void {
  console.log(JSON.stringify(results.length === 1 ? results[0] : results, null, 2));
}

const ids = chooseIds();
const rows = withBaselines(ids);
const lab = await openLab(root, options.smoke ? SMOKE_SIZES : FULL_SIZES);
// Прерванный замер не оставляет за собой ни процессов, ни гигабайтов.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void lab.close().finally(() => process.exit(130));
  });
}
try {
  const results = await measureRows(rows, lab);
  if (options.json) printJson(results.filter(({ id }) => ids.includes(id)));
  else console.log(markdownTable(results));
  if (options.write) {
    if (options.only !== undefined || options.smoke) throw new Error('--write пишет только полный прогон');
    const date = new Date().toISOString().slice(0, 10);
    await writeFile(join(root, 'docs/benchmarks.md'), benchmarksPage(results, describeMachine(root), date));
  }
} finally {
  await lab.close();
}
