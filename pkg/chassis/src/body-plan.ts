// Что делать с телом операции: какие типы содержимого принять, разобрать ли его или отдать потоком.
// Отказ по заголовкам случается до первого байта тела.
import type { IncomingMessage } from 'node:http';
import { ArtError, type Language } from '@artstore/contracts';
import type { ContractOperation } from './contract-document.ts';
import { describeFaults } from './describe-faults.ts';
import { hasBody } from './exchange.ts';
import { parseForm, parseJson, readBody } from './read-body.ts';
import type { SchemaCheck, SchemaCompiler } from './schema-compiler.ts';

export interface BodyPlan {
  /** Проверяет заголовки тела; возвращает тип содержимого без параметров, пустой — если тела нет. */
  admit(request: IncomingMessage, language: Language): string;
  /** Разобранное и проверенное тело, сам поток запроса или undefined. */
  read(input: BodyInput): Promise<unknown>;
}

export interface BodyInput {
  readonly request: IncomingMessage;
  readonly contentType: string;
  readonly language: Language;
  readonly bytesMax: number;
}

type Kind = 'json' | 'form' | 'stream';

interface MediaRange {
  readonly type: string;
  readonly kind: Kind;
  readonly check: SchemaCheck | undefined;
}

/** Тела длиннее проверяются до первой ошибки: полный отчёт о мегабайте мусора дороже самого мусора. */
const THOROUGH_REPORT_BYTES_MAX = 16 * 1024;

export function compileBodyPlan({ body }: ContractOperation, compiler: SchemaCompiler): BodyPlan {
  if (body === undefined) return { admit: refuseBody, read: async () => undefined };
  const ranges = [...body.schemaPointers].map(([type, pointer]): MediaRange => {
    const kind = kindOf(type);
    return { type, kind, check: kind === 'stream' ? undefined : compiler.at(pointer) };
  });
  const streams = ranges.filter(({ kind }) => kind === 'stream');
  const [onlyRange] = ranges;
  // Пустой поток — законное содержимое (файл нулевой длины), пустого JSON не бывает.
  const emptyAllowed = !body.required || streams.length > 0;
  return {
    admit(request, language) {
      const header = request.headers['content-type'];
      if (header === undefined) {
        if (!hasBody(request) && emptyAllowed) return '';
        if (!hasBody(request)) throw fault('body', language, { ru: 'тело обязательно', en: 'is required' });
        if (ranges.length === 1 && onlyRange?.kind === 'stream') return 'application/octet-stream';
      }
      const contentType = mediaType(header);
      if (find(ranges, contentType) === undefined) throw wrongType(ranges, language);
      refuseOtherCharset(header, contentType, language);
      return contentType;
    },
    async read({ request, contentType, language, bytesMax }) {
      const range = find(ranges, contentType);
      if (range === undefined) return emptyAllowed && streams.length > 0 ? request : undefined;
      if (range.kind === 'stream') return request;
      if (!body.required && !hasBody(request)) return undefined;
      const bytes = await readBody(request, bytesMax);
      const value = range.kind === 'json' ? parseJson(bytes, language) : parseForm(bytes, language);
      const faults = range.check?.(value, bytes.length <= THOROUGH_REPORT_BYTES_MAX) ?? [];
      if (faults.length > 0)
        throw new ArtError('VALIDATION_ERROR', { details: describeFaults('body', faults, language) });
      return value;
    },
  };
}

function refuseBody(request: IncomingMessage, language: Language): string {
  if (hasBody(request)) throw fault('body', language, { ru: 'тела здесь не бывает', en: 'is not expected here' });
  return '';
}

function kindOf(type: string): Kind {
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'stream';
}

function find(ranges: readonly MediaRange[], contentType: string): MediaRange | undefined {
  if (contentType === '') return undefined;
  const group = `${contentType.slice(0, contentType.indexOf('/'))}/*`;
  return (
    ranges.find(({ type }) => type === contentType) ??
    ranges.find(({ type }) => type === group) ??
    ranges.find(({ type }) => type === '*/*')
  );
}

function mediaType(header: string | undefined): string {
  if (header === undefined) return '';
  const end = header.indexOf(';');
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** JSON и формы бывают только в UTF-8; тело в другой кодировке разобралось бы в чужие буквы. */
function refuseOtherCharset(header: string | undefined, contentType: string, language: Language): void {
  if (header === undefined || kindOf(contentType) === 'stream') return;
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(header)?.[1];
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return;
  throw fault('header.content-type', language, { ru: 'нужна кодировка UTF-8', en: 'charset must be UTF-8' });
}

function wrongType(ranges: readonly MediaRange[], language: Language): ArtError {
  const types = ranges.map(({ type }) => type).join(', ');
  return fault('header.content-type', language, { ru: `нужно одно из: ${types}`, en: `must be one of: ${types}` });
}

function fault(field: string, language: Language, message: Record<Language, string>): ArtError {
  return new ArtError('VALIDATION_ERROR', { details: [{ field, message: message[language] }] });
}
