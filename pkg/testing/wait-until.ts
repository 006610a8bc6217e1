// Ждёт события, о котором никто не сообщит сам, с пределом времени.
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Опрашивает условие, пока оно не станет истинным; иначе ошибка с описанием того, чего ждали. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`не дождались за ${timeoutMs} мс: ${what}`);
    await sleep(POLL_MS);
  }
}
