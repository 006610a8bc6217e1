// Вход процесса модуля управления: прочитать окружение, собрать, запустить. С командой — выполнить её и выйти.
import { createLogger, run } from '@artstore/chassis';
import { buildApp, runCommand } from './app.ts';
import { readConfig } from './config.ts';

const config = readConfig(process.env);
const log = createLogger({ service: 'admin-module', ...config.log });
const args = process.argv.slice(2);
try {
  if (args.length > 0) {
    const { exitCode, text } = await runCommand(config, log, args);
    process.stderr.write(text);
    process.exitCode = exitCode;
  } else {
    const { app, close } = await buildApp(config, log, (text) => process.stderr.write(text));
    await run({ app, log, host: config.host, port: config.port, drainMs: config.drainMs, close });
  }
} catch (error) {
  log.fatal({ event: 'start_failed', err: error }, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
