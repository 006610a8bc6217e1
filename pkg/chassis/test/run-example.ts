// Процесс-пример для проверки жизни процесса: порт из первого аргумента, срок закрытия — из второго.
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp, createLogger, run } from '../index.ts';
import { HANDLERS, exampleOptions } from './open-example.ts';

const [port = '0', drainMs = '2000'] = process.argv.slice(2);
const log = createLogger({ service: 'example', level: 'info', format: 'json' });
const operations = {
  ...HANDLERS,
  listThings: async () => {
    await sleep(600);
    return { status: 200, body: { slow: true } };
  },
};
const app = await createApp(exampleOptions(log, { operations: operations as never }));
const close = async () => log.info({ event: 'rooms_closed' }, 'комнаты закрыты');
await run({ app, log, host: '127.0.0.1', port: Number(port), drainMs: Number(drainMs), close });
