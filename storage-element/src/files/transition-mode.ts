// Сменить режим: только по допустимым переходам, долговечно до ответа (требования, 3.1).
import { ArtError } from '@artstore/contracts';
import type { Store } from '../engine/store.ts';
import { judgeTransition, type StorageMode } from './mode.ts';

/** Бросает INVALID_TRANSITION, CONFIRMATION_REQUIRED. */
export async function transitionMode(
  store: Store,
  { target, confirm }: { target: StorageMode; confirm: boolean },
): Promise<{ mode: StorageMode; previousMode: StorageMode }> {
  const previousMode = await store.setMode(target, (previous) => {
    const verdict = judgeTransition(previous, target);
    if (verdict === 'invalid') {
      throw new ArtError('INVALID_TRANSITION', {
        explain: {
          ru: `Из режима ${previous} в режим ${target} перейти нельзя.`,
          en: `The mode cannot be changed from ${previous} to ${target}.`,
        },
      });
    }
    if (verdict === 'confirm' && !confirm) throw new ArtError('CONFIRMATION_REQUIRED');
  });
  return { mode: target, previousMode };
}
