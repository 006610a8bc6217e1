// Создаёт данные кластера один раз. Обещание: прерванная на полпути подготовка начинается заново,
// готовые данные не трогаются никогда.
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from './run-tool.ts';
import type { ServerAccount } from './server-account.ts';
import type { ServerBinaries } from './server-binaries.ts';
import { exists, type ServerFolder, syncFolder } from './server-folder.ts';

/**
 * Без них initdb взял бы кодировку из окружения (SQL_ASCII при пустом LANG), а --locale=C лишил бы кириллицу триграмм.
 * C.UTF-8 встроен в сервер и не зависит от версии libc машины.
 */
const LOCALE_PARAMETERS = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--lc-collate=C',
  '--lc-ctype=C.UTF-8',
];

export interface Initialization {
  readonly folder: ServerFolder;
  readonly binaries: ServerBinaries;
  readonly account: ServerAccount;
  readonly password: string;
  /** Папка, которую видит только сервер: через неё initdb получает пароль. */
  readonly privateFolder: string;
}

/** Возвращает true, если данные созданы только что. */
export async function initializeData(given: Initialization): Promise<boolean> {
  const { folder, binaries, account } = given;
  if (await exists(folder.data)) {
    await checkVersion(folder, binaries);
    return false;
  }
  // 1. Всё пишется в data.new; сбой здесь оставит черновик, который следующий запуск удалит.
  await rm(folder.dataDraft, { recursive: true, force: true });
  await mkdir(folder.dataDraft, { mode: 0o700 });
  if (account.differs) await chown(folder.dataDraft, account.uid, account.gid);
  await runInitdb(given);
  // 2. initdb уже синхронизировал содержимое; имя data появляется только у готового кластера.
  await rename(folder.dataDraft, folder.data);
  await syncFolder(folder.root);
  return true;
}

async function runInitdb({ folder, binaries, account, password, privateFolder }: Initialization): Promise<void> {
  const passwordFile = path.join(privateFolder, 'initdb-password');
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  try {
    if (account.differs) await chown(passwordFile, account.uid, account.gid);
    const { code, output } = await runTool({
      program: binaries.initdb,
      // Рабочая папка и есть данные: так путь к ним не проходит через закрытых родителей.
      parameters: [
        '-D',
        '/proc/self/cwd',
        '-U',
        'postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        ...LOCALE_PARAMETERS,
      ],
      account,
      directory: folder.dataDraft,
    });
    if (code !== 0)
      throw new Error(
        `подготовка базы не удалась (initdb, код ${code ?? 'нет'}): ${output.trim().split('\n').slice(-4).join(' ')}`,
      );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function checkVersion(folder: ServerFolder, binaries: ServerBinaries): Promise<void> {
  const major = Number((await readFile(path.join(folder.data, 'PG_VERSION'), 'utf8')).trim());
  if (major !== binaries.major) {
    throw new Error(
      `данные в ${folder.data} записаны PostgreSQL ${major}, а установлен ${binaries.major}: перенесите их через pg_dump`,
    );
  }
}
