// Раскладчик, который раскладывает не раньше, чем ему позволят: так видно всё, что успевает случиться между ответом
// и раскладкой.
import { createPlacer, type Placer, type PlacerOptions } from '../../src/engine/placer.ts';

/** allowed зовётся перед каждой раскладкой; пока обещание не исполнено, она ждёт, а с нею и все следующие. */
export function laggingPlacer(options: PlacerOptions, allowed: () => Promise<void>): Placer {
  const placer = createPlacer({ ...options, retryMs: 1 });
  let tail: Promise<unknown> = Promise.resolve();
  const later = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };
  return {
    place: (records) =>
      later(async () => {
        await allowed();
        await placer.place(records);
      }),
    redo: (records) => later(() => placer.redo(records)),
    flush: async (signal) => {
      await later(async () => undefined);
      return placer.flush(signal);
    },
    backfillCatalog: () => placer.backfillCatalog(),
    lost: () => later(() => placer.lost()),
    close: (signal) => (signal.aborted ? placer.close(signal) : later(() => placer.close(signal))),
  };
}
