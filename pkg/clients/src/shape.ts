// Проверка чужих ответов: сосед мог прислать что угодно, поэтому ничего не приводится к типу на веру.
// Чистый файл. Лишние поля не мешают: новый сосед может знать больше старого клиента.

/** Превращает неизвестное значение в T или бросает ShapeError с путём к неверному месту. */
export type Shape<T> = (value: unknown, path: string) => T;

/** Тип, который даёт форма. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** Ответ соседа не той формы, какую обещает контракт. */
export class ShapeError extends Error {
  constructor(path: string, expected: string) {
    super(`${path}: expected ${expected}`);
    this.name = 'ShapeError';
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Строка не длиннее charsMax. */
export function text(charsMax = 10_000): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string' || value.length > charsMax) throw new ShapeError(path, `text up to ${charsMax}`);
    return value;
  };
}

/** Строка, подходящая под образец. */
export function matching(pattern: RegExp, name: string): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new ShapeError(path, name);
    return value;
  };
}

export const uuid = matching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'uuid');
export const sha256 = matching(/^[0-9a-f]{64}$/, 'sha-256 in hex');

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Время, которое поймёт и база: Date.parse берёт и свободный текст, и год 275760, и 30 февраля. */
export const timestamp: Shape<string> = (value, path) => {
  const [, year, month, day] = (typeof value === 'string' ? RFC3339.exec(value) : null)?.map(Number) ?? [];
  const known = typeof value === 'string' && year !== undefined && month !== undefined && day !== undefined;
  if (!known || year < 1 || Number.isNaN(Date.parse(value)) || day > daysIn(year, month)) {
    throw new ShapeError(path, 'RFC 3339 time');
  }
  return value;
};

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Целое, которое помещается в double без потерь, не меньше min. */
export function integer(min = 0): Shape<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
      throw new ShapeError(path, `integer >= ${min}`);
    }
    return value;
  };
}

export const flag: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new ShapeError(path, 'boolean');
  return value;
};

export const openObject: Shape<Record<string, unknown>> = (value, path) => {
  if (!isRecord(value)) throw new ShapeError(path, 'object');
  return value;
};

/** Одно из перечисленных слов. */
export function oneOf<const T extends readonly string[]>(words: T): Shape<T[number]> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new ShapeError(path, words.join(' | '));
    return found;
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null || value === undefined ? null : shape(value, path));
}

/** Поля может не быть. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

/** Список не длиннее itemsMax. */
export function listOf<T>(shape: Shape<T>, itemsMax = 10_000): Shape<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > itemsMax) throw new ShapeError(path, `list up to ${itemsMax}`);
    return value.map((item, index) => shape(item, `${path}[${index}]`));
  };
}

type OptionalKeys<F> = { [K in keyof F]: undefined extends Shaped<F[K]> ? K : never }[keyof F];
type Fields<F> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Shaped<F[K]> } & {
  [K in OptionalKeys<F>]?: Exclude<Shaped<F[K]>, undefined>;
};
type Flat<T> = { [K in keyof T]: T[K] };

/** Объект с этими полями; прочие поля отбрасываются. */
export function record<F extends Record<string, Shape<unknown>>>(fields: F): Shape<Flat<Fields<F>>> {
  return (value, path) => {
    if (!isRecord(value)) throw new ShapeError(path, 'object');
    const result: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(fields)) {
      const field = shape(value[name], `${path}.${name}`);
      if (field !== undefined) result[name] = field;
    }
    // Тип собран из тех же fields, по которым только что прошла проверка: иначе связать ключ и форму нельзя.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return result as Flat<Fields<F>>;
  };
}
