// Ждёт, пока часть ответит на /health/ready, что готова, умрёт или выйдет время.
import { setTimeout as sleep } from 'node:timers/promises';
import { callPart } from './call-part.ts';
import type { Outcome } from './start-part.ts';

const POLL_MS = 40;
/** Пока часть не сказала, что слушает, спрашивать её почти незачем: каждый вопрос отнимает у неё процессор. */
const SILENT_POLL_MS = 1_000;
const CALL_TIMEOUT_MS = 2_000;
/** degraded сразу после запуска обычно значит «ещё не всё узнал»; дольше этого — часть и вправду работает вполсилы. */
const DEGRADED_PATIENCE_MS = 10_000;

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'exited'; readonly outcome: Outcome }
  | { readonly kind: 'late'; readonly why: string };

export interface ReadyWish {
  readonly url: string;
  readonly ca: string | undefined;
  readonly exited: Promise<Outcome>;
  readonly listening: Promise<void>;
  readonly timeoutMs: number;
}

export async function waitReady(wish: ReadyWish): Promise<Readiness> {
  let outcome: Outcome | undefined;
  void wish.exited.then((value) => (outcome = value));
  let pollMs = SILENT_POLL_MS;
  const heard = wish.listening.then(() => void (pollMs = POLL_MS));
  let answeredAt: number | undefined;
  const deadline = performance.now() + wish.timeoutMs;
  let why = '';
  while (performance.now() < deadline) {
    await Promise.race([sleep(pollMs), wish.exited, ...(pollMs === SILENT_POLL_MS ? [heard] : [])]);
    if (outcome !== undefined) return { kind: 'exited', outcome };
    try {
      const { status, value } = await callPart({
        url: `${wish.url}/health/ready`,
        ca: wish.ca,
        timeoutMs: CALL_TIMEOUT_MS,
      });
      if (status === 200) {
        answeredAt ??= performance.now();
        if (isOk(value) || performance.now() - answeredAt > DEGRADED_PATIENCE_MS) return { kind: 'ready' };
      }
      why = `${status} ${JSON.stringify(value ?? '').slice(0, 500)}`;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  return { kind: 'late', why };
}

function isOk(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 'ok';
}
