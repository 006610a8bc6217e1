// Ошибки Ajv → уточнения ответа: путь к полю (`body.tags[3]`) и объяснение на языке клиента. Чистая функция.
import type { ErrorDetail, Language } from '@artstore/contracts';
import type { ErrorObject } from 'ajv';

/** Больше двадцати замечаний сразу никто не читает. */
const DETAILS_MAX = 20;

interface Saying {
  readonly ru: string;
  readonly en: string;
}
type Explain = (params: Readonly<Record<string, unknown>>) => Saying;

const TYPE_NAMES_RU: Readonly<Record<string, string>> = {
  string: 'строка',
  integer: 'целое число',
  number: 'число',
  boolean: 'true или false',
  array: 'список',
  object: 'объект',
  null: 'null',
};

const UUID = { ru: 'нужен UUID строчными буквами', en: 'must be a UUID in lower case' };

/** Образцы и форматы контрактов, которые словами понятнее, чем записью. */
const KNOWN_PATTERNS: Readonly<Record<string, Saying>> = {
  '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$': UUID,
  '^[0-9a-f]{64}$': { ru: 'нужны 64 шестнадцатеричных знака', en: 'must be 64 hexadecimal characters' },
};
const KNOWN_FORMATS: Readonly<Record<string, Saying>> = {
  uuid: UUID,
  'date-time': {
    ru: 'нужны дата и время, например 2026-02-21T10:00:00Z',
    en: 'must be a date and time, e.g. 2026-02-21T10:00:00Z',
  },
};

const EXPLANATIONS: Readonly<Record<string, Explain>> = {
  required: () => ({ ru: 'обязательное поле', en: 'is required' }),
  additionalProperties: () => ({ ru: 'неизвестное поле', en: 'is not a known field' }),
  unevaluatedProperties: () => ({ ru: 'неизвестное поле', en: 'is not a known field' }),
  type: ({ type }) => ({ ru: `нужно: ${typeNames(type, true)}`, en: `must be ${typeNames(type, false)}` }),
  enum: ({ allowedValues }) => ({
    ru: `нужно одно из: ${list(allowedValues)}`,
    en: `must be one of: ${list(allowedValues)}`,
  }),
  const: ({ allowedValue }) => ({ ru: `нужно ${show(allowedValue)}`, en: `must be ${show(allowedValue)}` }),
  minLength: ({ limit }) => ({
    ru: `не короче ${show(limit)} зн.`,
    en: `must have at least ${show(limit)} characters`,
  }),
  maxLength: ({ limit }) => ({
    ru: `не длиннее ${show(limit)} зн.`,
    en: `must have at most ${show(limit)} characters`,
  }),
  minimum: ({ limit }) => ({ ru: `не меньше ${show(limit)}`, en: `must be >= ${show(limit)}` }),
  maximum: ({ limit }) => ({ ru: `не больше ${show(limit)}`, en: `must be <= ${show(limit)}` }),
  minItems: ({ limit }) => ({ ru: `не меньше ${show(limit)} шт.`, en: `must have at least ${show(limit)} items` }),
  maxItems: ({ limit }) => ({ ru: `не больше ${show(limit)} шт.`, en: `must have at most ${show(limit)} items` }),
  minProperties: ({ limit }) => ({
    ru: `нужно полей не меньше ${show(limit)}`,
    en: `must have at least ${show(limit)} fields`,
  }),
  maxProperties: ({ limit }) => ({
    ru: `полей не больше ${show(limit)}`,
    en: `must have at most ${show(limit)} fields`,
  }),
  uniqueItems: () => ({ ru: 'значения не должны повторяться', en: 'must not have duplicate items' }),
  pattern: ({ pattern }) =>
    KNOWN_PATTERNS[show(pattern)] ?? {
      ru: `не подходит под образец ${show(pattern)}`,
      en: `must match ${show(pattern)}`,
    },
  format: ({ format }) =>
    KNOWN_FORMATS[show(format)] ?? { ru: `нужен вид ${show(format)}`, en: `must be a valid ${show(format)}` },
};

/** `where` — откуда значение: body, query, path или header. */
export function describeFaults(
  where: string,
  faults: readonly ErrorObject[],
  language: Language,
): readonly ErrorDetail[] {
  const details = new Map<string, ErrorDetail>();
  for (const fault of faults) {
    if (details.size >= DETAILS_MAX) break;
    const field = fieldOf(where, fault);
    // Первое замечание к полю точнее следующих: anyOf и oneOf сообщают о себе последними.
    if (!details.has(field)) details.set(field, { field, message: explain(fault, language) });
  }
  return [...details.values()];
}

function fieldOf(where: string, { instancePath, params }: ErrorObject): string {
  const steps = instancePath.split('/').slice(1);
  const extra: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  if (typeof extra === 'string') steps.push(extra);
  return steps.reduce((path, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 100);
    return /^\d+$/.test(name) ? `${path}[${name}]` : `${path}.${name}`;
  }, where);
}

function explain({ keyword, params, message }: ErrorObject, language: Language): string {
  return EXPLANATIONS[keyword]?.(params)[language] ?? message ?? keyword;
}

function typeNames(type: unknown, russian: boolean): string {
  const names = (Array.isArray(type) ? type : [type]).map(String);
  return names.map((name) => (russian ? (TYPE_NAMES_RU[name] ?? name) : name)).join(russian ? ' или ' : ' or ');
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(show).join(', ') : show(values);
}

function show(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
