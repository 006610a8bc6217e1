// Двести разных запросов поиска: по пятьдесят каждого рода, от редкого до охватывающего полнабора, с условиями и порядком.
// Запросы повторяемы: имена и числа взяты из самого набора. Чистая комната.

import type { components } from '@artstore/contracts/generated/query-module.gen.ts';
import { authorAt, makeFile, type Registry, tagAt } from './make-file.ts';
import { COMPANIES, DEPARTMENTS, EXTENSIONS, SURNAMES } from './words.ts';

export type SearchBody = components['schemas']['SearchRequest'];
export type SearchKind = 'exact' | 'partial' | 'fulltext' | 'filters';

export const QUERIES_PER_KIND = 50;
const LIMIT = 20;
const DAY_MS = 86_400_000;

export function makeWorkload(registry: Registry): Readonly<Record<SearchKind, readonly SearchBody[]>> {
  return {
    exact: fifty(exactQueries(registry)),
    partial: fifty(partialQueries(registry)),
    fulltext: fifty(fulltextQueries(registry)),
    filters: fifty(filterQueries(registry)),
  };
}

/** Ровно пятьдесят и все разные: иначе строка таблицы меряла бы не то, что обещает. */
function fifty(queries: readonly SearchBody[]): readonly SearchBody[] {
  const bodies = queries.map((query) => ({ limit: LIMIT, ...query }));
  if (new Set(bodies.map((body) => JSON.stringify(body))).size !== QUERIES_PER_KIND)
    throw new Error(
      `разных запросов не ${QUERIES_PER_KIND}, а ${new Set(bodies.map((body) => JSON.stringify(body))).size}`,
    );
  return bodies;
}

function exactQueries(registry: Registry): SearchBody[] {
  const names = Array.from({ length: 40 }, (_, index) => nameAt(registry, (index + 0.5) / 40));
  return [
    ...names.map(
      (query, index): SearchBody => ({ mode: 'exact', query: index % 4 === 0 ? query.toUpperCase() : query }),
    ),
    { mode: 'exact', query: 'договор_2026-поставки-оборудования.v1.pdf' },
    { mode: 'exact', query: 'договор_2025-поставки-оборудования.v1.pdf', sort_by: 'size' },
    { mode: 'exact', query: 'отчёт_2025-аренды-помещения.v1.pdf', file_extension: 'pdf' },
    { mode: 'exact', query: 'Договор поставки оборудования (Векторсервис).pdf', limit: 100 },
    { mode: 'exact', filename: 'договор_2026-аренды-помещения.v1.pdf', uploaded_by: authorAt(0) },
    { mode: 'exact', query: 'такого файла нет.pdf' },
    { mode: 'exact', query: 'договор' },
    { mode: 'exact', query: 'README' },
    { mode: 'exact', query: '%.pdf' },
    { mode: 'exact', filename: 'нет-и-этого_2026.docx', status: 'deleted' },
  ];
}

function partialQueries(registry: Registry): SearchBody[] {
  const middles = Array.from({ length: 14 }, (_, index) => middleOf(nameAt(registry, (index + 0.3) / 14), index));
  const dates = ['.03.2026', '2026', '2021-', '_2024', '№12', '№1500 ', '(копия 3)', 'v9.', '.pdf', '.DWG'];
  const words = [
    'договор',
    'отчёт',
    'ДОГОВОР',
    'счет',
    'report',
    'invoice',
    'кров',
    'строй',
    'смета',
    'IMG_2026',
    'scan00',
    'приём',
    'ментов',
    '100%',
  ];
  return [
    ...middles.map((query): SearchBody => ({ query })),
    ...dates.map((query): SearchBody => ({ query })),
    ...words.map((query): SearchBody => ({ query })),
    { query: 'договор', sort_by: 'size', sort_order: 'desc' },
    { query: 'договор', sort_by: 'original_filename', sort_order: 'asc' },
    { query: 'отчёт', file_extension: 'xlsx' },
    { query: 'смета', uploaded_by: authorAt(3) },
    { query: 'акт', tags: [tagAt(1)], min_size: 1_000_000 },
    { query: 'договор', filename: '2025', file_extension: 'pdf' },
    { query: 'письмо', ...lastDays(registry, 30) },
    { query: SURNAMES[3] ?? '', offset: 200, limit: 100 },
    { query: COMPANIES[7] ?? '', sort_by: 'relevance' },
    { query: COMPANIES[300] ?? '' },
    { query: 'приказ', retention_policy: 'temporary' },
    { query: 'абракадабра' },
  ];
}

function fulltextQueries(registry: Registry): SearchBody[] {
  const texts = [
    'договор',
    'договоры',
    'отчёты',
    'отчет',
    'счета',
    'акты',
    'invoice',
    'reports',
    'drawings',
    'договор поставки',
    'договоры поставки оборудования',
    'аренда помещений',
    'акт сверки',
    'сверка взаимных расчётов',
    'ремонт кровли',
    'annual financial results',
    'software maintenance contract',
    'warehouse logistics',
    '"акт приёма-передачи"',
    '"выполненных работ"',
    'договор -аренда',
    'смета or спецификация',
    'invoice or счёт',
    'приказы о приеме',
    'протокол испытаний насосов',
    'подписанный скан договора',
    'геодезический мониторинг',
    'трансформатор подстанция кабель',
    'чертёж фундамента',
    'договор 2026',
    'отчёт 2024 pdf',
    'Иванов 2025',
    'Müller report',
    `${COMPANIES[0]} договор`,
    COMPANIES[40] ?? '',
    COMPANIES[501] ?? '',
    'инструкция по эксплуатации',
    'IMG 20260302',
    'чего-нибудь небывалого',
    'договор_2026-поставки-оборудования.v1.pdf',
  ];
  return [
    ...texts.map((query): SearchBody => ({ mode: 'fulltext', query })),
    { mode: 'fulltext', query: 'договор', sort_by: 'uploaded_at' },
    { mode: 'fulltext', query: 'договоры поставки', sort_by: 'size', sort_order: 'asc' },
    { mode: 'fulltext', query: 'отчёт', file_extension: 'pdf' },
    { mode: 'fulltext', query: 'счёт', uploaded_by: authorAt(2) },
    { mode: 'fulltext', query: 'смета', tags: [tagAt(9)] },
    { mode: 'fulltext', query: 'invoice', ...lastDays(registry, 90) },
    { mode: 'fulltext', query: 'договор', metadata: { department: 'юридический' } },
    { mode: 'fulltext', query: 'протокол', offset: 300, limit: 100 },
    { mode: 'fulltext', query: 'приказ', retention_policy: 'temporary' },
    { mode: 'fulltext', query: 'насос', min_size: 10_000_000 },
  ];
}

function filterQueries(registry: Registry): SearchBody[] {
  const authors = [0, 5, 40, 300, 599].map((index): SearchBody => ({ uploaded_by: authorAt(index) }));
  const tags = [0, 3, 20, 60, 200, 399].map((index): SearchBody => ({ tags: [tagAt(index)] }));
  const extensions = [0, 1, 6, 12, 20].map((index): SearchBody => ({ file_extension: EXTENSIONS[index] ?? '' }));
  const departments = [0, 4, 11].map((index): SearchBody => ({ metadata: { department: DEPARTMENTS[index] ?? '' } }));
  const projects = [0, 17, 900, 4_800].map(
    (number): SearchBody => ({ metadata: { project: { code: `P-${number}` } } }),
  );
  const checksums = [0.1, 0.5, 0.9].map((share): SearchBody => ({ checksum: fileAt(registry, share).checksum }));
  return [
    ...authors,
    ...tags,
    ...extensions,
    ...departments,
    ...projects,
    ...checksums,
    {},
    { sort_by: 'size' },
    { sort_by: 'original_filename', sort_order: 'asc' },
    { sort_order: 'asc' },
    { offset: 5_000, limit: 100 },
    { tags: [tagAt(0), tagAt(1)] },
    { tags: [tagAt(0), tagAt(50), tagAt(120)] },
    { min_size: 50_000_000 },
    { min_size: 1_000, max_size: 2_000 },
    { min_size: 1_000_000, max_size: 1_010_000, sort_by: 'size', sort_order: 'asc' },
    lastDays(registry, 1),
    lastDays(registry, 30),
    { uploaded_after: '2022-01-01T00:00:00Z', uploaded_before: '2022-02-01T00:00:00Z' },
    { retention_policy: 'temporary' },
    { status: 'expired' },
    { status: 'deleted', sort_by: 'size' },
    { status: 'missing' },
    { file_extension: 'pdf', uploaded_by: authorAt(0) },
    { file_extension: 'dwg', tags: [tagAt(13)], sort_by: 'size' },
    { file_extension: 'jpg', min_size: 5_000_000, ...lastDays(registry, 365) },
    { metadata: { department: 'кадры', source: 'scanner' }, uploaded_by: authorAt(1) },
    { metadata: { project: { stage: 5 } }, file_extension: 'xlsx' },
    { uploaded_by: authorAt(10), min_size: 100_000, max_size: 200_000, tags: [tagAt(2)] },
    { retention_policy: 'permanent', file_extension: 'docx', tags: [tagAt(5)], sort_by: 'original_filename' },
  ];
}

function lastDays({ nowMs }: Registry, days: number): SearchBody {
  return { uploaded_after: new Date(nowMs - days * DAY_MS).toISOString() };
}

function fileAt(registry: Registry, share: number): ReturnType<typeof makeFile> {
  return makeFile(registry, Math.floor(registry.files * share));
}

function nameAt(registry: Registry, share: number): string {
  return fileAt(registry, share).name;
}

/** Кусок имени из середины: от трёх знаков. */
function middleOf(name: string, index: number): string {
  const length = 3 + (index % 7);
  const start = Math.max(0, Math.floor((name.length - length) / 2));
  return [...name].slice(start, start + length).join('');
}
