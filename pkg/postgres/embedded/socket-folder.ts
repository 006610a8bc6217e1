// Папка сокета встроенного сервера: короткий путь, закрытый от других пользователей.
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, realpath, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerAccount } from './server-account.ts';

const SOCKET_NAME_BYTES = '/.s.PGSQL.5432.lock'.length;
/** sockaddr_un.sun_path вмещает 107 байт и завершающий нуль (unix(7)). */
const SOCKET_PATH_BYTES_MAX = 107;
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * Папка сокета: короткий путь, права 0700, владелец — сервер. Имя выводится из папки данных,
 * поэтому адрес базы не меняется от запуска к запуску.
 */
export async function openSocketFolder(serverRoot: string, account: ServerAccount): Promise<string> {
  const name = await socketFolderName(serverRoot);
  const failures: string[] = [];
  for (const base of socketBases(account)) {
    const folder = path.join(base, name);
    if (Buffer.byteLength(folder) + SOCKET_NAME_BYTES > SOCKET_PATH_BYTES_MAX) continue;
    try {
      await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      });
      const info = await lstat(folder);
      const ours = info.isDirectory() && (info.uid === account.uid || info.uid === process.getuid?.());
      if (!ours) throw new Error(`${folder} принадлежит другому пользователю`);
      await chmod(folder, 0o700);
      if (account.differs) await chown(folder, account.uid, account.gid);
      await sweepAbandoned(base, name, account);
      return folder;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`негде создать папку сокета базы: ${failures.join('; ')}`);
}

/** Имя короткое и постоянное для одной папки данных. */
async function socketFolderName(serverRoot: string): Promise<string> {
  return `artstore-${createHash('sha256')
    .update(await realpath(serverRoot))
    .digest('hex')
    .slice(0, 12)}`;
}

/** TMPDIR root может лежать под /root, куда серверу не пройти. */
function socketBases(account: ServerAccount): string[] {
  return account.differs ? ['/run', '/tmp'] : [tmpdir(), '/tmp'];
}

/** Пустые папки от серверов, чьи хозяева были убиты, а данные удалены: больше их убрать некому. */
async function sweepAbandoned(base: string, ours: string, account: ServerAccount): Promise<void> {
  const names = (await readdir(base)).filter((name) => name !== ours && /^artstore-[0-9a-f]{12}$/.test(name));
  for (const name of names) {
    const folder = path.join(base, name);
    const info = await lstat(folder).catch(() => undefined);
    if (info?.uid !== account.uid || Date.now() - info.mtimeMs < ABANDONED_AFTER_MS) continue;
    // Непустую rmdir не тронет: в ней живёт чей-то сокет.
    await rmdir(folder).catch(() => undefined);
  }
}
