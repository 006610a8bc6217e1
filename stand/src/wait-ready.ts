// Ждёт, пока часть ответит на /health/ready, что готова, умрёт или выйдет время.
import { setTimeout as sleep } from 'node:timers/promises';
import { callPart } from './call-part.ts';
import type { Outcome } from './start-part.ts';

const POLL_MS = 60;
const CALL_TIMEOUT_MS = 2_000;

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'exited'; readonly outcome: Outcome }
  | { readonly kind: 'late'; readonly why: string };

export interface ReadyWish {
  readonly url: string;
  readonly ca: string | undefined;
  readonly exited: Promise<Outcome>;
  readonly timeoutMs: number;
}

export async function waitReady(wish: ReadyWish): Promise<Readiness> {
  let outcome: Outcome | undefined;
  void wish.exited.then((value) => (outcome = value));
  const deadline = performance.now() + wish.timeoutMs;
  let why = '';
  while (performance.now() < deadline) {
    await Promise.race([sleep(POLL_MS), wish.exited]);
    if (outcome !== undefined) return { kind: 'exited', outcome };
    try {
      const { status, value } = await callPart({
        url: `${wish.url}/health/ready`,
        ca: wish.ca,
        timeoutMs: CALL_TIMEOUT_MS,
      });
      if (status === 200) return { kind: 'ready' };
      why = `${status} ${JSON.stringify(value ?? '').slice(0, 500)}`;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  return { kind: 'late', why };
}
