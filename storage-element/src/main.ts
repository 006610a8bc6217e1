// Вход процесса элемента хранения: прочитать окружение, собрать, запустить.
import { createLogger, run } from '@artstore/chassis';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';

/** Столько живёт процесс после отказа движка: уходящие ответы успевают назвать причину. */
const FATAL_EXIT_MS = 500;
const FATAL_EXIT_CODE = 70;

const config = readConfig(process.env);
const log = createLogger({ service: 'storage-element', ...config.log });
try {
  const { app, close } = await buildApp(config, log, (error) => {
    log.fatal(
      { event: 'engine_failed', err: error },
      'движок дальше работать не может: процесс остановится, следующий запуск восстановит',
    );
    setTimeout(() => process.exit(FATAL_EXIT_CODE), FATAL_EXIT_MS);
  });
  await run({ app, log, host: config.host, port: config.port, drainMs: config.drainMs, close });
} catch (error) {
  log.fatal({ event: 'start_failed', err: error }, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
