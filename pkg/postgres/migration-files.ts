// Файлы миграций модуля: имена, порядок, суммы. Читает папку, базы не касается.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 содержимого: по нему видно, что применённый файл потом правили. */
  readonly checksum: string;
  readonly inTransaction: boolean;
}

/** Миграцию нельзя применить; в тексте — имя файла и, где известно, строка. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

const FILE_NAME = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.sql$/;
const NO_TRANSACTION = /^--[ \t]*no-transaction[ \t]*(?:\r?\n|$)/;

/** Файлы `0001-имя.sql` по возрастанию номера. Чужое имя с .sql и повтор номера — ошибка, а не молчание. */
export async function readMigrationFiles(directory: URL): Promise<MigrationFile[]> {
  const folder = directory.href.endsWith('/') ? directory : new URL(`${directory.href}/`);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const files: MigrationFile[] = [];
  for (const name of names) {
    const digits = FILE_NAME.exec(name)?.[1];
    if (digits === undefined) throw new MigrationError(`${name}: имя миграции должно быть вида 0001-what-it-does.sql`);
    const number = Number(digits);
    if (files.at(-1)?.number === number) {
      throw new MigrationError(`${name}: номер ${digits} уже занят файлом ${files.at(-1)?.name ?? ''}`);
    }
    const sql = await readFile(new URL(name, folder), 'utf8');
    const checksum = createHash('sha256').update(sql).digest('hex');
    files.push({ number, name, sql, checksum, inTransaction: !NO_TRANSACTION.test(sql) });
  }
  return files;
}
