// Строка реестра по её номеру: одно и то же зерно даёт один и тот же набор. Чистая комната.
// Перекос как в жизни: немногие авторы, расширения и метки встречаются у большинства файлов, размеры разбросаны на порядки,
// свежих файлов больше, чем старых.

import { COMPANIES, DEPARTMENTS, DOCUMENTS, EXTENSIONS, PROSE, SUBJECTS, SURNAMES } from './words.ts';

export interface BenchFile {
  readonly fileId: string;
  readonly name: string;
  readonly size: number;
  readonly checksum: string;
  readonly uploadedBy: string;
  readonly uploadedAt: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: 'active' | 'expired' | 'deleted' | 'missing';
  readonly retentionPolicy: 'temporary' | 'permanent';
  readonly ttlDays: number | null;
  readonly expiresAt: string | null;
}

export interface Registry {
  readonly seed: number;
  readonly files: number;
  /** Время самого свежего файла. */
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
const YEARS_MS = 6 * 365 * DAY_MS;
const AUTHORS = 600;
const TAGS = 400;
/** Годы выгрузок и сканов попадают в имена. */
const YEAR_FIRST = 2020;

type Random = () => number;

/** mulberry32: быстрый и повторяемый; для замеров случайность лучше не нужна. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Номер из count с перекосом к началу: чем больше power, тем чаще первые. */
function skewed(random: Random, count: number, power: number): number {
  return Math.floor(count * random() ** power);
}

function pick<T>(random: Random, items: readonly T[], power = 1): T {
  const item = items[skewed(random, items.length, power)];
  if (item === undefined) throw new Error('выбирать не из чего');
  return item;
}

export function makeFile(registry: Registry, index: number): BenchFile {
  const random = randomOf(Math.imul(index + 1, 0x9e3779b1) ^ registry.seed);
  // Доля прожитого времени: к концу файлы идут гуще.
  const age = (1 - (index + random()) / registry.files) ** 1.6;
  const uploadedAtMs = Math.floor(registry.nowMs - YEARS_MS * age);
  const temporary = random() < 0.1;
  const ttlDays = temporary ? 1 + skewed(random, 365, 1) : null;
  const expiresAtMs = ttlDays === null ? null : uploadedAtMs + ttlDays * DAY_MS;
  const lot = random();
  return {
    fileId: uuidOf(random, uploadedAtMs),
    name: nameOf(random, uploadedAtMs),
    size: Math.floor(Math.exp(6 + 14 * ((random() + random() + random()) / 3))),
    checksum: Array.from({ length: 8 }, () => hex(random, 8)).join(''),
    uploadedBy: authorOf(random),
    uploadedAt: new Date(uploadedAtMs).toISOString(),
    description: random() < 0.4 ? '' : proseOf(random),
    tags: tagsOf(random),
    metadata: metadataOf(random),
    status: lot < 0.97 ? 'active' : lot < 0.985 ? 'expired' : lot < 0.998 ? 'deleted' : 'missing',
    retentionPolicy: temporary ? 'temporary' : 'permanent',
    ttlDays,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
}

/** Метка по её номеру; первые — самые частые. */
export function tagAt(index: number): string {
  const document = DOCUMENTS[index];
  if (document !== undefined) return document[0];
  return index % 3 === 0 ? `объект ${index}` : index % 3 === 1 ? `проект-${index}` : `batch_${index}`;
}

/** Загрузивший по номеру; первые — службы, на них приходится большинство файлов. */
export function authorAt(index: number): string {
  return index < 20 ? `sa_service_${index}` : `user-${index}`;
}

function authorOf(random: Random): string {
  return authorAt(skewed(random, AUTHORS, 3));
}

function tagsOf(random: Random): readonly string[] {
  const count = skewed(random, 7, 1.5);
  return [...new Set(Array.from({ length: count }, () => tagAt(skewed(random, TAGS, 2.5))))];
}

function metadataOf(random: Random): Readonly<Record<string, unknown>> {
  if (random() < 0.3) return {};
  return {
    department: pick(random, DEPARTMENTS, 1.7),
    project: { code: `P-${skewed(random, 5000, 2)}`, stage: 1 + skewed(random, 5, 1.5) },
    ...(random() < 0.5 ? { pages: 1 + skewed(random, 300, 3) } : {}),
    ...(random() < 0.2 ? { source: random() < 0.7 ? 'scanner' : 'mail' } : {}),
  };
}

function nameOf(random: Random, uploadedAtMs: number): string {
  const ending = `.${extensionOf(random)}`;
  const at = new Date(uploadedAtMs);
  const number = 1 + skewed(random, 20_000, 2);
  const document = pick(random, DOCUMENTS, 2)[0];
  const year = YEAR_FIRST + skewed(random, 7, 0.6);
  const style = random();
  if (style < 0.12) return `${capitalized(document)} №${number} от ${dateOf(at)}${ending}`;
  if (style < 0.3)
    return `${document}_${year}-${pick(random, SUBJECTS, 1.5).replaceAll(' ', '-')}.v${1 + skewed(random, 9, 3)}${ending}`;
  if (style < 0.45)
    return `${capitalized(document)} ${pick(random, SUBJECTS, 1.5)} (${pick(random, COMPANIES, 1.5)})${ending}`;
  if (style < 0.55) return `${document}-${pick(random, COMPANIES, 1.5)}-${number}${ending}`;
  if (style < 0.65)
    return `IMG_${dateOf(at).split('.').toReversed().join('')}_${String(number).padStart(6, '0')}.${random() < 0.8 ? 'jpg' : 'JPG'}`;
  if (style < 0.72) return `scan${String(number * 37).padStart(6, '0')}.${random() < 0.6 ? 'pdf' : 'tif'}`;
  if (style < 0.8) return `${document}_${pick(random, SURNAMES, 1.3)}_${year}${ending}`;
  if (style < 0.86)
    return `${pick(random, COMPANIES, 1.5)} — ${document} ${String(1 + skewed(random, 12, 1)).padStart(2, '0')}.${year}${ending}`;
  if (style < 0.92) return `${pick(random, PROSE)} ${pick(random, PROSE)} ${pick(random, PROSE)} ${number}${ending}`;
  if (style < 0.96) return `${hex(random, 8)}-${hex(random, 4)}${ending}`;
  return `${document.toUpperCase()} ${pick(random, SURNAMES)} ${year} (копия ${1 + skewed(random, 5, 2)})${ending}`;
}

function extensionOf(random: Random): string {
  const extension = pick(random, EXTENSIONS, 2.2);
  return random() < 0.05 ? extension.toUpperCase() : extension;
}

function proseOf(random: Random): string {
  const document = pick(random, DOCUMENTS, 1.8);
  const words = Array.from({ length: 2 + skewed(random, 24, 1.8) }, () => pick(random, PROSE, 1.6));
  const company = random() < 0.4 ? ` ${pick(random, COMPANIES, 1.5)}` : '';
  return `${capitalized(pick(random, document))} ${pick(random, SUBJECTS, 1.5)}${company}, ${words.join(' ')}`;
}

/** Время впереди, как у UUID версии 7: ключ таблицы растёт вместе с ней. */
function uuidOf(random: Random, atMs: number): string {
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 8)}${hex(random, 4)}`;
}

function hex(random: Random, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}

function dateOf(at: Date): string {
  const [year, month, day] = at.toISOString().slice(0, 10).split('-');
  return `${day}.${month}.${year}`;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
