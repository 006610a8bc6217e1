// Вход команды artstore: потоки и окружение процесса, отмена по Ctrl+C, код выхода.

import { EXIT } from './exit-codes.ts';
import { languageOf, messagesFor } from './messages.ts';
import { runProgram } from './program.ts';

/** Сколько осиротевшая команда может убирать за собой. */
const ORPHAN_GRACE_MS = 3000;

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupt.abort(new Error(signal));
    // Второй сигнал, как обычно, завершает сразу.
    process.once(signal, () => process.exit(EXIT.interrupted));
  });
}
// Запустивший процесс исчез (его убили): докачивать за него некому.
process.once('disconnect', () => {
  interrupt.abort(new Error('the parent is gone'));
  setTimeout(() => process.exit(EXIT.interrupted), ORPHAN_GRACE_MS).unref();
});
process.channel?.unref();
// Читатель конвейера вправе уйти раньше (artstore search | head): это не ошибка.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

const language = languageOf(process.env);
process.exitCode = await runProgram(
  {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    language,
    text: messagesFor(language),
    signal: interrupt.signal,
  },
  process.argv.slice(2),
);
