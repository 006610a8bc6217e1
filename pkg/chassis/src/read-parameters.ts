// Параметры запроса: строки пути, адреса и заголовков → значения объявленного типа, проверенные схемой контракта.
import { ArtError, type ErrorDetail, type Language } from '@artstore/contracts';
import type { ContractOperation, ContractParameter } from './contract-document.ts';
import { describeFaults } from './describe-faults.ts';
import type { SchemaCheck, SchemaCompiler } from './schema-compiler.ts';

export type Values = Readonly<Record<string, unknown>>;

/** Строки запроса, какими их дал разборщик адреса: повтор имени — список. */
export interface RawParameters {
  readonly path: Values;
  readonly query: Values;
  readonly header: Values;
  readonly language: Language;
}

export interface Parameters {
  readonly params: Values;
  readonly query: Values;
  readonly headers: Values;
}

/** Собирается один раз на операцию; бросает VALIDATION_ERROR с уточнениями `query.limit`. */
export type ParameterReader = (raw: RawParameters) => Parameters;

type Kind = 'string' | 'integer' | 'number' | 'boolean';

interface Slot {
  /** Имя, под которым значение лежит в запросе и достаётся обработчику: у заголовка — строчными. */
  readonly key: string;
  readonly kind: Kind;
  readonly list: boolean;
  readonly explode: boolean;
  readonly fallback: unknown;
}

type Place = ContractParameter['in'];
type PlaceReader = (raw: Values, language: Language) => Values;

const NOTHING: Values = Object.freeze({});

export function compileParameterReader(operation: ContractOperation, compiler: SchemaCompiler): ParameterReader {
  const path = compilePlace('path', operation, compiler);
  const query = compilePlace('query', operation, compiler);
  const header = compilePlace('header', operation, compiler);
  return (raw) => ({
    params: path(raw.path, raw.language),
    query: query(raw.query, raw.language),
    headers: header(raw.header, raw.language),
  });
}

function compilePlace(place: Place, { parameters }: ContractOperation, compiler: SchemaCompiler): PlaceReader {
  const declared = parameters.filter((parameter) => parameter.in === place);
  const keyOf = ({ name }: ContractParameter): string => (place === 'header' ? name.toLowerCase() : name);
  const slots = declared.map((parameter) => readSlot(keyOf(parameter), parameter));
  const known = new Set(slots.map(({ key }) => key));
  const check = compiler.objectOf(
    declared.map((parameter) => ({
      name: keyOf(parameter),
      required: parameter.required,
      pointer: parameter.schemaPointer,
    })),
  );
  return (raw, language) => {
    if (place === 'query') refuseUnknown(raw, known, language);
    if (slots.length === 0) return NOTHING;
    return readPlace({ place, slots, check, raw, language });
  };
}

/** Неизвестный параметр — обычно опечатка; молча пропустить его значит ответить не на тот вопрос. */
function refuseUnknown(raw: Values, known: ReadonlySet<string>, language: Language): void {
  for (const name in raw) {
    if (known.has(name)) continue;
    const message = language === 'ru' ? 'неизвестный параметр' : 'is not a known parameter';
    throw invalid([{ field: `query.${name.slice(0, 100)}`, message }]);
  }
}

interface PlaceInput {
  readonly place: Place;
  readonly slots: readonly Slot[];
  readonly check: SchemaCheck;
  readonly raw: Values;
  readonly language: Language;
}

function readPlace({ place, slots, check, raw, language }: PlaceInput): Values {
  const values: Record<string, unknown> = {};
  for (const slot of slots) {
    const given = raw[slot.key];
    const value = given === undefined ? slot.fallback : readValue(given, slot);
    if (value !== undefined) values[slot.key] = value;
  }
  const faults = check(values, true);
  if (faults.length > 0) throw invalid(describeFaults(place, faults, language));
  return values;
}

/** Неразборчивое остаётся строкой: схема скажет о нём точнее, чем разборщик. */
function readValue(given: unknown, { kind, list, explode }: Slot): unknown {
  if (!list) return typeof given === 'string' ? readScalar(given, kind) : given;
  const items = Array.isArray(given) ? given : explode ? [given] : String(given).split(',');
  return items.map((item: unknown) => (typeof item === 'string' ? readScalar(item, kind) : item));
}

function readScalar(text: string, kind: Kind): unknown {
  switch (kind) {
    case 'integer': {
      const value = /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
      // Число за пределами точности чужое: 2^53 + 1 превратилось бы в соседа.
      return Number.isSafeInteger(value) ? value : text;
    }
    case 'number':
      return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'string':
      return text;
  }
}

function readSlot(key: string, { schema, itemSchema, explode }: ContractParameter): Slot {
  const list = typeOf(schema) === 'array';
  const type = typeOf(list ? itemSchema : schema);
  const kind = type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string';
  return { key, kind, list, explode, fallback: property(schema, 'default') };
}

function typeOf(schema: unknown): unknown {
  const type = property(schema, 'type');
  return Array.isArray(type) ? type.find((name) => name !== 'null') : type;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function invalid(details: readonly ErrorDetail[]): ArtError {
  return new ArtError('VALIDATION_ERROR', { details });
}
