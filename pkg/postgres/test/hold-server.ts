// Отдельный процесс-хозяин базы: тесты убивают его, чтобы увидеть, что станет с сервером.
import { silentLog, startEmbeddedPostgres } from '../index.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('не названа папка');
const server = await startEmbeddedPostgres({ directory, log: silentLog });
process.stdout.write(
  `${JSON.stringify({ url: server.url, pid: server.pid, created: server.created, leftoverPid: server.leftoverPid ?? null })}\n`,
);
process.on('SIGTERM', () => void server.stop());
