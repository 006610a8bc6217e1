// Вход npm start: окружение, запуск, сигналы. Печатает ход запуска и одну фразу при отказе.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePortShift } from './check-machine.ts';
import { layoutHome } from './home-layout.ts';
import { chooseLanguage, messagesIn } from './messages.ts';
import { StandError } from './stand-error.ts';
import { type Stand, startStand } from './start-stand.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_FAILED = 1;
const EXIT_INTERRUPTED = 130;

const language = chooseLanguage(process.env);
const messages = messagesIn(language);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const stop = Promise.withResolvers<void>();
const starting = new AbortController();
const requestStop = () => {
  starting.abort();
  stop.resolve();
};

// Повторный сигнал — обычное дело (его передают и терминал, и npm): останавливаемся один раз и по порядку.
for (const signal of STOP_SIGNALS) process.on(signal, requestStop);
// Запускавший нас процесс исчез: оставаться без хозяина нельзя.
process.on('disconnect', requestStop);
// Исчезнувший терминал не должен ронять стенд на середине остановки.
process.stdout.on('error', () => undefined);

try {
  const home = path.resolve(process.env['ARTSTORE_HOME'] || path.join(REPOSITORY, '.artstore'));
  const portShift = parsePortShift(process.env['ARTSTORE_PORT_SHIFT'], messages);
  say(messages.starting(home));
  const stand = await startStand({
    home,
    portShift,
    language,
    say,
    env: process.env,
    adminPassword: process.env['ARTSTORE_ADMIN_PASSWORD'] || undefined,
    signal: starting.signal,
  });
  introduce(stand, home);
  await stop.promise;
  say(messages.stopping());
  const stoppingAt = performance.now();
  await stand.stop();
  say(messages.stopped(performance.now() - stoppingAt));
  process.exit(0);
} catch (error) {
  if (starting.signal.aborted) process.exit(EXIT_INTERRUPTED);
  process.stderr.write(
    `${messages.failed(error instanceof StandError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  );
  process.exit(EXIT_FAILED);
}

function introduce(stand: Stand, home: string): void {
  const { urls } = stand.file();
  const layout = layoutHome(home);
  say('');
  say(`  Admin     ${urls.admin}`);
  say(`  Ingester  ${urls.ingester}`);
  say(`  Query     ${urls.query}`);
  for (const [name, url] of Object.entries(urls.elements)) say(`  ${name.padEnd(9)} ${url}`);
  say('');
  say(messages.credentials(layout.standFile));
  say(messages.logs(layout.logs));
  say(messages.howToStop());
}
