// Крошечная часть стенда для проверок надзора: отвечает на /health/ready и завершается так, как её попросят.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

const { QM_PORT, QM_BROKEN_WHILE, QM_STUBBORN } = process.env;
if (QM_BROKEN_WHILE !== undefined && existsSync(QM_BROKEN_WHILE)) {
  process.stdout.write('{"level":60,"msg":"мне нужен порядок"}\n');
  process.exit(1);
}
process.on('SIGTERM', () => {
  if (QM_STUBBORN === undefined) process.exit(0);
});
createServer((_, reply) => reply.end('{"status":"ok"}')).listen(Number(QM_PORT), '127.0.0.1');
