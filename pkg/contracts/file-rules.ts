// Правила для слов человека о файле: имя, описание, метки, метаданные, срок. Одни и те же на входе в систему
// и у элемента хранения. Каждое правило возвращает нарушения списком: человек видит все сразу, на своём языке.
import type { Fault } from './errors.ts';

export const FILENAME_BYTES_MAX = 255;
export const DESCRIPTION_CHARS_MAX = 1000;
export const TAGS_MAX = 50;
export const TAG_CHARS_MAX = 100;
export const METADATA_BYTES_MAX = 8192;
export const METADATA_DEPTH_MAX = 5;
export const TTL_DAYS_MIN = 1;
export const TTL_DAYS_MAX = 365;
export const TTL_DAYS_DEFAULT = 30;

type Saying = Required<Omit<Fault, 'field'>>;

const EMPTY: Saying = { message: 'must not be empty', ru: 'не должно быть пустым' };
const HAS_NUL: Saying = { message: 'must not contain NUL', ru: 'не должно быть знака NUL' };
const BROKEN_UNICODE: Saying = {
  message: 'must be well-formed Unicode (no lone surrogates)',
  ru: 'текст испорчен: это не правильный Юникод',
};
/** Эти двое нужны и форме загрузки: она читает срок из строки. */
export const TTL_OF_PERMANENT: Saying = {
  message: 'must be absent for retention_policy permanent',
  ru: 'у постоянного файла срока не бывает',
};
export const TTL_OUT_OF_RANGE: Saying = {
  message: `must be an integer from ${TTL_DAYS_MIN} to ${TTL_DAYS_MAX}`,
  ru: `нужно целое число от ${TTL_DAYS_MIN} до ${TTL_DAYS_MAX}`,
};

// Управляющие знаки C0, DEL, C1 и знаки смены направления письма: ими подделывают вид имени (UTR #36, 3.3).
// biome-ignore lint/suspicious/noControlCharactersInRegex: именно их и ищем
const UNSAFE_IN_NAME = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Имя для людей: непустое, до 255 байт UTF-8 в форме NFC, без управляющих знаков и половинок знаков. */
export function filenameFaults(field: string, name: string): Fault[] {
  if (name.length === 0) return [{ field, ...EMPTY }];
  const faults: Fault[] = [];
  if (!name.isWellFormed()) faults.push({ field, ...BROKEN_UNICODE });
  if (UNSAFE_IN_NAME.test(name)) {
    faults.push({
      field,
      message: 'must not contain control or bidirectional control characters',
      ru: 'не должно быть управляющих знаков и знаков направления письма',
    });
  }
  const bytes = Buffer.byteLength(name.normalize('NFC'));
  if (bytes > FILENAME_BYTES_MAX) {
    faults.push({
      field,
      message: `must be at most ${FILENAME_BYTES_MAX} bytes of UTF-8 (is ${bytes})`,
      ru: `не длиннее ${FILENAME_BYTES_MAX} байт UTF-8, а здесь ${bytes}`,
    });
  }
  return faults;
}

/** Описание: до 1000 знаков; перевод строки и табуляция разрешены, NUL — нет (PostgreSQL его не хранит). */
export function descriptionFaults(field: string, text: string): Fault[] {
  return [...textFaults(field, text), ...lengthFaults(field, text, DESCRIPTION_CHARS_MAX)];
}

/** Метки: до 50 разных, каждая от 1 до 100 знаков. */
export function tagsFaults(field: string, tags: readonly string[]): Fault[] {
  if (tags.length > TAGS_MAX)
    return [{ field, message: `must have at most ${TAGS_MAX} items`, ru: `не больше ${TAGS_MAX} значений` }];
  const faults = tags.flatMap((tag, index) => [
    ...(tag.length === 0 ? [{ field: `${field}[${index}]`, ...EMPTY }] : []),
    ...textFaults(`${field}[${index}]`, tag),
    ...lengthFaults(`${field}[${index}]`, tag, TAG_CHARS_MAX),
  ]);
  if (new Set(tags).size < tags.length)
    faults.push({ field, message: 'must not repeat', ru: 'значения не должны повторяться' });
  return faults;
}

/** Метаданные: объект JSON до 8 КиБ, вложенность до 5, без NUL и половинок знаков (PostgreSQL их в jsonb не хранит). */
export function metadataFaults(field: string, metadata: Readonly<Record<string, unknown>>): Fault[] {
  // Сначала глубина: на тысячах уровней JSON.stringify исчерпал бы стек.
  if (depthOf(metadata, METADATA_DEPTH_MAX + 1) > METADATA_DEPTH_MAX) {
    return [
      {
        field,
        message: `must be nested at most ${METADATA_DEPTH_MAX} levels`,
        ru: `вложенность не больше ${METADATA_DEPTH_MAX}`,
      },
    ];
  }
  const faults: Fault[] = [];
  const texts = textsOf(metadata);
  if (texts.some((text) => text.includes('\0'))) faults.push({ field, ...HAS_NUL });
  if (!texts.every((text) => text.isWellFormed())) {
    faults.push({ field, ...BROKEN_UNICODE });
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > METADATA_BYTES_MAX) {
    faults.push({
      field,
      message: `must be at most ${METADATA_BYTES_MAX} bytes of JSON`,
      ru: `не больше ${METADATA_BYTES_MAX} байт JSON`,
    });
  }
  return faults;
}

/** Все строки значения: и ключи, и вложенные. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  return [...keys, ...Object.values(value).flatMap(textsOf)];
}

/** Срок: у permanent его нет, у temporary — от 1 до 365 дней (требования, 2.8). */
export function ttlFaults(field: string, policy: 'temporary' | 'permanent', ttlDays: number | null): Fault[] {
  if (policy === 'permanent') {
    return ttlDays === null ? [] : [{ field, ...TTL_OF_PERMANENT }];
  }
  if (ttlDays === null) return [];
  const fits = Number.isInteger(ttlDays) && ttlDays >= TTL_DAYS_MIN && ttlDays <= TTL_DAYS_MAX;
  return fits ? [] : [{ field, ...TTL_OUT_OF_RANGE }];
}

function textFaults(field: string, text: string): Fault[] {
  if (text.includes('\0')) return [{ field, ...HAS_NUL }];
  return text.isWellFormed() ? [] : [{ field, ...BROKEN_UNICODE }];
}

function lengthFaults(field: string, text: string, charsMax: number): Fault[] {
  // Знаки считаются по кодовым точкам, как в схемах контракта (JSON Schema 2020-12, 6.3.1).
  if (text.length <= charsMax || [...text].length <= charsMax) return [];
  return [{ field, message: `must be at most ${charsMax} characters`, ru: `не длиннее ${charsMax} зн.` }];
}

function depthOf(value: unknown, stopAt: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (stopAt === 0) return 1;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, stopAt - 1));
  return 1 + deepest;
}
