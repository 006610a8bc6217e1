// Вывод команды: людям — строки, программам — JSON по строке. Имена файлов приходят извне, управляющих знаков
// терминал от них не получит.

import { once } from 'node:events';
import { ArtError, ERROR_TABLE } from '@artstore/contracts';
import { CliError, exitCodeOf } from './exit-codes.ts';
import type { Messages } from './messages.ts';
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
  // Путь уже назван самой ошибкой — второй раз он лишний; неверный вызов понятен и без кода.
  const path = o.path === undefined || message.includes(o.path) ? '' : `${shown(o.path)}: `;
  await note(room, `artstore: ${path}${shown(message)}${code === 'USAGE' ? '' : ` (${code})`}`);
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
    return { code: error.code, message: words[room.language], details: error.options.details ?? [] };
  }
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error), details: [] };
}

/** Текст извне, безопасный для терминала: управляющие знаки и знаки направления письма видны как «?». */
export function shown(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?')
    .replaceAll(/[\t\n]/g, ' ');
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Размер для людей: 12,3 МиБ. */
export function humanSize({ units }: Messages, bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? String(Math.round(value)) : value.toFixed(1).replace('.', units.point);
  return `${digits} ${units[UNITS[unit] ?? 'B']}`;
}
