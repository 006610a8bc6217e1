// Тело JSON или формы целиком в памяти, не больше предела; годность байтов и JSON проверяется здесь, схема — позже.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ArtError, type Language } from '@artstore/contracts';

/** Собирает тело. Бросает FILE_TOO_LARGE, ещё не читая, если длина объявлена и велика. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  // Пока проверялся доступ, клиент мог оборвать запрос: событий от него больше не будет.
  if (request.destroyed) throw cutShort();
  return await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        request.pause();
        request.removeAllListeners('data');
        reject(tooLarge(bytesMax));
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks, bytes)));
    request.once('error', reject);
    request.once('close', () => reject(cutShort()));
  });
}

/** Разбирает JSON (RFC 8259: только UTF-8). */
export function parseJson(bytes: Buffer, language: Language): unknown {
  if (!isUtf8(bytes)) throw badBody(language, { ru: 'тело не в UTF-8', en: 'is not valid UTF-8' });
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badBody(language, { ru: 'тело не разбирается как JSON', en: 'is not valid JSON' }, cause);
  }
  // `__proto__` из JSON — обычное поле, но при первом же копировании оно подменило бы прототип.
  if (/__proto__|\\u/.test(text) && mentionsPrototype(value)) {
    throw badBody(language, { ru: 'поле __proto__ не принимается', en: 'must not contain __proto__' });
  }
  return value;
}

/**
 * Разбирает форму (`application/x-www-form-urlencoded`). Повторённое поле становится списком: строкой его не примет ни
 * одна схема, а обработчик, у которого свои слова для ошибок (RFC 6749, 5.2), ответит ими.
 */
export function parseForm(bytes: Buffer, language: Language): unknown {
  if (!isUtf8(bytes)) throw badBody(language, { ru: 'тело не в UTF-8', en: 'is not valid UTF-8' });
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, value);
    else if (typeof known === 'string') fields.set(name, [known, value]);
    else known.push(value);
  }
  return Object.fromEntries(fields);
}

function mentionsPrototype(root: unknown): boolean {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Object.hasOwn(node, '__proto__')) return true;
    for (const child of Object.values(node)) pending.push(child);
  }
  return false;
}

function badBody(language: Language, message: Record<Language, string>, cause?: unknown): ArtError {
  return new ArtError('VALIDATION_ERROR', { details: [{ field: 'body', message: message[language] }], cause });
}

function cutShort(): ArtError {
  return new ArtError('VALIDATION_ERROR', {
    explain: { ru: 'Тело запроса оборвано.', en: 'The request body was cut short.' },
  });
}

function tooLarge(bytesMax: number): ArtError {
  return new ArtError('FILE_TOO_LARGE', {
    explain: {
      ru: `Тело запроса больше допустимого: ${bytesMax} байт.`,
      en: `The request body is larger than allowed: ${bytesMax} bytes.`,
    },
  });
}
