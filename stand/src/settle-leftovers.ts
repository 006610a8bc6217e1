// Дожидается частей, оставшихся от прошлого запуска: они уходят сами вслед за стендом, упрямых останавливает.
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '@artstore/postgres';
import type { Messages } from './messages.ts';
import type { PartEntry } from './stand-file.ts';
import { codeOf, StandError } from './stand-error.ts';

const POLL_MS = 100;
const STEPS = [
  { signal: undefined, waitMs: 4_500 },
  { signal: 'SIGTERM', waitMs: 4_000 },
  { signal: 'SIGKILL', waitMs: 4_000 },
] as const;

export interface Leftovers {
  readonly previous: readonly PartEntry[];
  readonly messages: Messages;
  readonly say: (line: string) => void;
  /** Прерванный запуск никого больше не ждёт. */
  readonly signal: AbortSignal;
}

/** База сюда не входит: её сироту находит и останавливает запуск самой базы. */
export async function settleLeftovers({ previous, messages, say, signal }: Leftovers): Promise<void> {
  const remaining = () =>
    previous.filter((part) => part.name !== 'postgres' && isAlive({ pid: part.pid, startTicks: part.start_ticks }));
  const names = () =>
    remaining()
      .map((part) => `${part.name} (${part.pid})`)
      .join(', ');
  if (remaining().length === 0) return;
  say(messages.leftoverParts(names()));
  for (const step of STEPS) {
    if (step.signal !== undefined) for (const part of remaining()) send(part.pid, step.signal);
    const deadline = performance.now() + step.waitMs;
    while (performance.now() < deadline) {
      if (remaining().length === 0) return;
      await sleep(POLL_MS, undefined, { signal });
    }
  }
  throw new StandError(messages.leftoverStuck(names()));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
