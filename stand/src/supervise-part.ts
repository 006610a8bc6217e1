// Держит часть работающей: умершую поднимает снова, с растущими паузами, если она не успевает стать готовой.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Messages } from './messages.ts';
import { readLogTail } from './part-log.ts';
import type { ModulePart } from './parts.ts';
import { StandError } from './stand-error.ts';
import { type Outcome, type PartRoom, type RunningPart, startPart } from './start-part.ts';
import { type Readiness, waitReady } from './wait-ready.ts';

const READY_WAIT_MS = 60_000;
/** Восстановление большого хранилища после сбоя может занять минуты; пока процесс жив, его не трогаем. */
const READY_AGAIN_WAIT_MS = 30 * 60_000;
const BACKOFF_MS = [100, 500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
/** Сигналы остановки и сколько ждать после каждого; вместе с базой всё укладывается в 10 с. */
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 2_400 },
  { signal: 'SIGTERM', waitMs: 200 },
  { signal: 'SIGKILL', waitMs: 500 },
] as const;

export interface SuperviseRoom extends PartRoom {
  readonly ca: string;
  readonly messages: Messages;
  readonly say: (line: string) => void;
  /** Процесс запущен; его номер. */
  readonly onStart: (pid: number) => void;
}

export interface Supervised {
  readonly part: ModulePart;
  pid(): number | undefined;
  /** Сбывается, когда часть готова; сразу, если готова и сейчас. */
  whenReady(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Первый запуск: не поднялась — StandError. Дальше часть поднимается сама, пока не вызван stop. */
export async function supervisePart(part: ModulePart, room: SuperviseRoom, signal: AbortSignal): Promise<Supervised> {
  let running = await startPart(part, room);
  room.onStart(running.pid);
  const abandon = () => void endPart(running);
  signal.addEventListener('abort', abandon, { once: true });
  const first = await waitPart(part, room, running, READY_WAIT_MS);
  signal.removeEventListener('abort', abandon);
  if (first.kind !== 'ready') {
    await endPart(running);
    throw await explainFailure(part, room, first);
  }

  const gate = openGate();
  const stopping = new AbortController();
  const life = keepAlive();

  async function keepAlive(): Promise<void> {
    let failures = 0;
    for (;;) {
      const outcome = await running.exited;
      gate.close();
      if (stopping.signal.aborted) return;
      const waitMs = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0;
      room.say(room.messages.died(part.name, describe(outcome, room.messages), waitMs));
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      failures = (await startAgain()) ? 0 : failures + 1;
    }
  }

  async function startAgain(): Promise<boolean> {
    const startedAt = performance.now();
    running = await startPart(part, room);
    room.onStart(running.pid);
    // Остановка могла начаться, пока процесс запускался, и его она ещё не видела.
    if (stopping.signal.aborted) await endPart(running);
    const readiness = await waitPart(part, room, running, READY_AGAIN_WAIT_MS);
    if (readiness.kind === 'ready') {
      gate.open();
      room.say(room.messages.backAgain(part.name, performance.now() - startedAt));
    } else if (readiness.kind === 'late') {
      room.say(room.messages.notReadyAgain(part.name, readiness.why));
      running.child.kill('SIGKILL');
    }
    return readiness.kind === 'ready';
  }

  return {
    part,
    pid: () => (running.child.exitCode === null && running.child.signalCode === null ? running.pid : undefined),
    whenReady: () => gate.passage(),
    kill(killSignal) {
      // Закрыть сразу: о смерти процесса станет известно чуть позже, а whenReady могут спросить уже сейчас.
      gate.close();
      running.child.kill(killSignal);
    },
    async stop() {
      stopping.abort();
      await endPart(running);
      await life;
    },
  };
}

/** Ворота, которых можно дождаться: открыты, пока часть готова. */
function openGate(): { open(): void; close(): void; passage(): Promise<void> } {
  let isOpen = true;
  let next = Promise.withResolvers<void>();
  next.resolve();
  return {
    open() {
      isOpen = true;
      next.resolve();
    },
    close() {
      if (isOpen) next = Promise.withResolvers<void>();
      isOpen = false;
    },
    passage: () => next.promise,
  };
}

async function explainFailure(
  part: ModulePart,
  room: SuperviseRoom,
  failure: Exclude<Readiness, { kind: 'ready' }>,
): Promise<StandError> {
  if (failure.kind === 'late')
    return new StandError(room.messages.tooLong(part.name, READY_WAIT_MS / 1000, failure.why, room.logFile));
  const tail = await readLogTail(room.logFile);
  return new StandError(
    room.messages.diedAtStart(part.name, describe(failure.outcome, room.messages), room.logFile, tail),
  );
}

function waitPart(part: ModulePart, room: SuperviseRoom, running: RunningPart, timeoutMs: number) {
  return waitReady({
    url: part.url,
    ca: part.tls ? room.ca : undefined,
    exited: running.exited,
    listening: running.listening,
    timeoutMs,
  });
}

async function endPart(running: RunningPart): Promise<void> {
  for (const step of STOP_STEPS) {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    running.child.kill(step.signal);
    const timer = new AbortController();
    await Promise.race([
      running.exited,
      sleep(step.waitMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
  }
}

function describe({ code, signal }: Outcome, messages: Messages): string {
  return signal === null ? messages.exitCode(code ?? 1) : messages.exitSignal(signal);
}
