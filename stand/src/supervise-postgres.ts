// Держит встроенную базу работающей: умершая поднимается снова на тех же данных и по тому же адресу.
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, silentLog, startEmbeddedPostgres } from '@artstore/postgres';
import type { Messages } from './messages.ts';
import { StandError } from './stand-error.ts';

const BACKOFF_MS = [100, 1_000, 5_000, 30_000] as const;

export interface PostgresRoom {
  readonly directory: string;
  readonly messages: Messages;
  readonly say: (line: string) => void;
  readonly onStart: (pid: number) => void;
}

export interface SupervisedPostgres {
  readonly url: string;
  readonly created: boolean;
  readonly leftoverPid: number | undefined;
  pid(): number;
  /** Сбывается, когда база отвечает. */
  whenReady(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export async function supervisePostgres(room: PostgresRoom, signal: AbortSignal): Promise<SupervisedPostgres> {
  let server: EmbeddedPostgres;
  try {
    server = await startEmbeddedPostgres({ directory: room.directory, log: silentLog, signal });
  } catch (error) {
    throw new StandError(room.messages.postgresFailed(error instanceof Error ? error.message : String(error)), {
      cause: error,
    });
  }
  const { url, created, leftoverPid } = server;
  const stopping = new AbortController();
  let ready = Promise.resolve();
  let life = keepAlive();
  room.onStart(server.pid);

  async function keepAlive(): Promise<void> {
    const outcome = await server.exited;
    if (stopping.signal.aborted) return;
    room.say(
      room.messages.died(
        'postgres',
        outcome.signal === null ? room.messages.exitCode(outcome.code ?? 1) : room.messages.exitSignal(outcome.signal),
        0,
      ),
    );
    ready = startAgain();
    await ready;
    if (!stopping.signal.aborted) life = keepAlive();
  }

  async function startAgain(): Promise<void> {
    const startedAt = performance.now();
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        server = await startEmbeddedPostgres({ directory: room.directory, log: silentLog, signal: stopping.signal });
        room.onStart(server.pid);
        room.say(room.messages.backAgain('postgres', performance.now() - startedAt));
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        room.say(room.messages.notReadyAgain('postgres', error instanceof Error ? error.message : String(error)));
        await sleep(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)], undefined, {
          signal: stopping.signal,
        }).catch(() => undefined);
      }
    }
  }

  return {
    url,
    created,
    leftoverPid,
    pid: () => server.pid,
    async whenReady() {
      // О смерти сервера становится известно не сразу: сперва дождёмся, что конец его замечен.
      await sleep(0);
      await ready;
    },
    kill: (killSignal) => void process.kill(server.pid, killSignal),
    async stop() {
      stopping.abort();
      await server.stop();
      await life;
    },
  };
}
