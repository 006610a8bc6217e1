// Что обещано к одному мигу истории: в каком состоянии вправе оказаться каждый файл и какой режим — элемент.
// Считается один раз на точку сбоя, а проверяется после каждого восстановления из неё.
import type { StorageMode } from '../../src/files/mode.ts';
import { type FileState, possibleStates, type Step } from './history.ts';
import type { History } from './workload.ts';

export interface Expectation {
  /** Возможные состояния каждого тронутого файла, записанные в JSON. */
  readonly files: ReadonlyMap<string, ReadonlySet<string>>;
  readonly modes: ReadonlySet<StorageMode>;
  /** Всё обещанное одной строкой: одинаковые обещания об одинаковом диске второй раз не проверяются. */
  readonly text: string;
}

const UNKNOWN_ONLY: ReadonlySet<string> = new Set(['null']);

export function expectAt(history: History, now: number): Expectation {
  const steps = new Map<string, Step[]>();
  for (const step of history.steps) {
    if (step.startedAt > now) continue;
    const known = steps.get(step.fileId);
    if (known) known.push(step);
    else steps.set(step.fileId, [step]);
  }
  const files = new Map(
    [...steps].map(([fileId, own]) => [fileId, new Set(possibleStates(own, now).map(stateText).toSorted())] as const),
  );
  const modes = expectModes(history, now);
  const text = JSON.stringify([[...files].map(([id, states]) => [id, ...states]).toSorted(), [...modes].toSorted()]);
  return { files, modes, text };
}

/** Состояния, разрешённые файлу; о не тронутом никем элемент знать не вправе. */
export function allowedStates(expected: Expectation, fileId: string): ReadonlySet<string> {
  return expected.files.get(fileId) ?? UNKNOWN_ONLY;
}

export function stateText(state: FileState | undefined): string {
  return JSON.stringify(state ?? null);
}

function expectModes(history: History, now: number): Set<StorageMode> {
  let allowed = new Set<StorageMode>([history.conditions.mode]);
  for (const { target, startedAt, endedAt } of history.modes) {
    if (startedAt > now) break;
    allowed = endedAt <= now ? new Set([target]) : new Set([...allowed, target]);
  }
  return allowed;
}
