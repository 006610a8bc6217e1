// То, чем пользуются все команды: потоки, окружение, язык, отмена. Собирает это main.ts, проверки — свои.

import type { Readable, Writable } from 'node:stream';
import type { Language } from '@artstore/contracts';
import type { Messages } from './messages.ts';

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Room {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly language: Language;
  readonly text: Messages;
  /** Срабатывает по Ctrl+C. */
  readonly signal: AbortSignal;
}

/** Параметры, общие для всех команд. */
export interface CommonOptions {
  readonly json: boolean;
  readonly profile: string;
}
