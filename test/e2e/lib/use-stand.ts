// Один стенд на файл проверок: поднимается перед первой, останавливается после последней, папка исчезает.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { type Caller, openCaller } from './caller.ts';
import { type Launched, launchStand, type LaunchOptions } from './run-stand.ts';

export interface UsedStand {
  readonly launched: Launched;
  readonly caller: Caller;
}

/** Возвращает функцию, которая внутри проверок отдаёт поднятый стенд. */
export function useStand(options: Partial<LaunchOptions> = {}): () => UsedStand {
  let used: UsedStand | undefined;
  let home: string | undefined;
  before(async () => {
    home = await mkdtemp(join(await realpath(tmpdir()), 'e2e-'));
    const launched = await launchStand({ home, ...options });
    used = { launched, caller: await openCaller(await launched.ready()) };
  });
  after(async () => {
    await used?.caller.close();
    await used?.launched.stop();
    // ARTSTORE_TEST_KEEP=1 оставляет папку стенда с журналами частей тому, кто ищет причину.
    if (process.env['ARTSTORE_TEST_KEEP'] !== undefined) console.log(`${home}\n${used?.launched.output()}`);
    else if (home !== undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return () => {
    if (used === undefined) throw new Error('стенд не поднят');
    return used;
  };
}
