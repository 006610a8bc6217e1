// Сторож часов: раз в минуту смотрит, можно ли им верить, и сохраняет отметку; о перемене говорит журналу событий.
import { type Logger, type Periodic, every } from '@artstore/chassis';
import type { Store } from '../engine/store.ts';
import { type Distrust, explainDistrust } from '../engine/wall-clock.ts';

const WATCH_MS = 60_000;

/** Остановка сохраняет отметку напоследок: после неё простой измеряется точно. */
export function watchClock(store: Store, log: Logger): Periodic {
  let known: Distrust['kind'] | undefined;
  const look = async (): Promise<void> => {
    const distrust = store.wallClock.check();
    if (distrust !== undefined && distrust.kind !== known) {
      log.warn({ event: 'gc_suspended', ...distrust }, explainDistrust(distrust).ru);
    } else if (distrust === undefined && known !== undefined) {
      log.info({ event: 'gc_resumed' }, 'часам снова есть вера, уборка идёт');
    }
    known = distrust?.kind;
    await store.wallClock.save();
  };
  const periodic = every({ name: 'clock_watch', intervalMs: WATCH_MS, log, job: look, runAtStart: true });
  return {
    runNow: periodic.runNow,
    async stop() {
      await periodic.stop();
      await look().catch((error: unknown) => {
        log.warn({ event: 'clock_mark_unsaved', err: error }, 'отметка часов не сохранена');
      });
    },
  };
}
