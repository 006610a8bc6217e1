// Как значения PostgreSQL становятся значениями JavaScript. Чистая комната.
// Обещание: bigint — число (или ошибка, если оно неточно), timestamptz — строка RFC 3339 в UTC с миллисекундами.
import assert from 'node:assert/strict';
import { type CustomTypesConfig, types } from 'pg';

// Номера типов из pg_type.dat; они не меняются между версиями сервера.
const BIGINT = 20;
const BIGINT_ARRAY = 1016;
const TEXT_ARRAY = 1009;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;

/** Целое в 64 бита как число. За пределом 2^53 − 1 число неточно, поэтому это ошибка, а не округление. */
export function parseBigint(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `bigint ${text} не помещается в число без потери точности`);
  return value;
}

/** Момент времени в том виде, в каком его отдают контракты: `2026-02-21T10:00:00.000Z`. */
export function parseInstant(text: string): string {
  if (text === 'infinity' || text === '-infinity') return text;
  const parsed = parseByDefault(TIMESTAMPTZ, text);
  assert(parsed instanceof Date && !Number.isNaN(parsed.getTime()), `непонятный момент времени: ${text}`);
  return parsed.toISOString();
}

/** Массив любой глубины: строку разбирает сам pg, элементы — мы. */
function parseArray(text: string, parse: (element: string) => unknown): unknown {
  const convert = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(convert) : typeof value === 'string' ? parse(value) : value;
  return convert(parseByDefault(TEXT_ARRAY, text));
}

/** Разбор, которым pg пользуется сам. В его описаниях типов есть не все номера, поэтому вызов идёт в обход них. */
function parseByDefault(oid: number, text: string): unknown {
  const parser: unknown = Reflect.apply(types.getTypeParser, types, [oid, 'text']);
  assert(typeof parser === 'function');
  return Reflect.apply(parser, undefined, [text]);
}

/** date и timestamp без пояса остаются строками: пояс процесса к ним примешивать нельзя. */
function keepText(text: string): string {
  return text;
}

const TEXT_PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [BIGINT, parseBigint],
  [BIGINT_ARRAY, (text) => parseArray(text, parseBigint)],
  [DATE, keepText],
  [TIMESTAMP, keepText],
  [TIMESTAMPTZ, parseInstant],
  [TIMESTAMPTZ_ARRAY, (text) => parseArray(text, parseInstant)],
]);

/** Таблица разбора для одного пула; общие настройки pg процесса она не трогает. */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    (format === 'binary' ? undefined : TEXT_PARSERS.get(oid)) ??
    Reflect.apply(types.getTypeParser, types, [oid, format]),
};
