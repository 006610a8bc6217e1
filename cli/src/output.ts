// Вывод команды: людям — строки, программам — JSON по строке. Имена файлов приходят извне, управляющих знаков
// терминал от них не получит.

import { once } from 'node:events';
import { ArtError, ERROR_TABLE } from '@artstore/contracts';
import { CliError, exitCodeOf } from './exit-codes.ts';
import type { OutputStream, Room } from './room.ts';

/** Одна запись JSON в строку. */
export async function printJson(room: Room, value: unknown): Promise<void> {
  await write(room.stdout, `${JSON.stringify(value)}\n`);
}

export async function printLine(room: Room, line: string): Promise<void> {
  await write(room.stdout, `${line}\n`);
}

export async function note(room: Room, line: string): Promise<void> {
  await write(room.stderr, `${line}\n`);
}

async function write(stream: OutputStream, text: string): Promise<void> {
  if (stream.destroyed) return;
  if (!stream.write(text)) await once(stream, 'drain');
}

/** Ошибка словами или, для программ, одной записью JSON. */
export async function printError(room: Room, error: unknown, o: { json: boolean; path?: string }): Promise<void> {
  const { code, message, details } = describeError(room, error);
  if (o.json) {
    const body = { code, message, exit_code: exitCodeOf(error), ...(details.length === 0 ? {} : { details }) };
    await note(room, JSON.stringify({ error: body, ...(o.path === undefined ? {} : { path: o.path }) }));
    return;
  }
  await note(room, `artstore: ${o.path === undefined ? '' : `${shown(o.path)}: `}${shown(message)} (${code})`);
  for (const { field, message: text } of details) await note(room, `  ${shown(field)}: ${shown(text)}`);
}

/** Слова ошибки на языке пользователя. */
export function describeError(
  room: Room,
  error: unknown,
): { code: string; message: string; details: readonly { field: string; message: string }[] } {
  if (error instanceof CliError) return { code: error.code, message: error.message, details: [] };
  if (error instanceof ArtError) {
    const words = error.options.explain ?? ERROR_TABLE[error.code];
    const reason = networkReason(error.options.cause);
    return {
      code: error.code,
      message: reason === undefined ? words[room.language] : `${words[room.language]} [${reason}]`,
      details: error.options.details ?? [],
    };
  }
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error), details: [] };
}

/** Почему не дозвонились: код системы (ECONNREFUSED, ENOTFOUND…) из глубины причин. */
function networkReason(cause: unknown): string | undefined {
  for (let at: unknown = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(at.code)) return at.code;
  }
  return undefined;
}

/** Текст извне, безопасный для терминала: управляющие знаки и знаки направления письма видны как «?». */
export function shown(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?')
    .replaceAll(/[\t\n]/g, ' ');
}

/** Размер для людей: 12,3 MiB. */
export function humanSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
