// Один стенд на папку: занимает её за этим процессом и узнаёт, не оборвался ли прошлый запуск.
import { readFile, rm } from 'node:fs/promises';
import { claimFile } from '@artstore/postgres';
import type { HomeLayout } from './home-layout.ts';
import type { Messages } from './messages.ts';
import { StandError } from './stand-error.ts';

export interface HomeClaim {
  /** Номер процесса, который не снял свой замок: он был убит. */
  readonly crashedPid: string | undefined;
  release(): Promise<void>;
}

export async function claimHome(layout: HomeLayout, messages: Messages): Promise<HomeClaim> {
  const before = await readFile(layout.lock, 'utf8').catch(() => undefined);
  const owner = await claimFile(layout.lock);
  if (owner !== undefined) throw new StandError(messages.alreadyRunning(layout.home, owner.pid));
  return {
    crashedPid: before === undefined ? undefined : (/"pid":(\d+)/.exec(before)?.[1] ?? '?'),
    release: () => rm(layout.lock, { force: true }),
  };
}
