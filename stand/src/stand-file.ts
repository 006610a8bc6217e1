// stand.json: всё, что нужно, чтобы пользоваться стендом. Пишется целиком, читает его и следующий запуск.
import { readFile } from 'node:fs/promises';
import type { HomeLayout } from './home-layout.ts';
import type { ElementName, PartName } from './parts.ts';
import type { Account } from './secrets.ts';
import { codeOf } from './stand-error.ts';
import { writePrivateFile } from './write-private-file.ts';

export interface PartEntry {
  readonly name: PartName;
  readonly pid: number;
  /** Приметы процесса вместе с номером: номер ядро отдаст и другому. */
  readonly start_ticks: number;
}

export interface StandFile {
  readonly state: 'starting' | 'ready' | 'stopped';
  /** Процесс самого стенда. */
  readonly pid: number;
  readonly updated_at: string;
  readonly urls: {
    readonly admin: string;
    readonly ingester: string;
    readonly query: string;
    readonly elements: Readonly<Record<ElementName, string>>;
  };
  readonly ca_file: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly service_account: Account & { readonly name: 'demo'; readonly scopes: readonly string[] };
  /** База ArtStore под её владельцем. */
  readonly database_url: string;
  readonly logs: string;
  readonly parts: readonly PartEntry[];
}

export async function writeStandFile(layout: HomeLayout, content: StandFile): Promise<void> {
  await writePrivateFile(layout.standFile, `${JSON.stringify(content, null, 2)}\n`);
}

/** Процессы прошлого запуска; файла нет или он негоден — никого. */
export async function readPreviousParts(layout: HomeLayout): Promise<PartEntry[]> {
  let text: string;
  try {
    text = await readFile(layout.standFile, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('parts' in value) || !Array.isArray(value.parts)) return [];
    return value.parts.filter(isPartEntry);
  } catch {
    return [];
  }
}

function isPartEntry(value: unknown): value is PartEntry {
  return typeof value === 'object' && value !== null && 'pid' in value && 'start_ticks' in value && 'name' in value;
}
