// План хода: случайные действия над несколькими файлами, по одному и по нескольку сразу, вперемежку с контрольными
// точками, переменами режима и чтениями. План выводится из зерна целиком и заранее, поэтому найденное ужимается:
// лишние действия вычёркиваются по номерам.
import { setImmediate } from 'node:timers/promises';
import type { Action } from './history.ts';
import { createRandom, type Random } from './random.ts';
import type { DriveRoom } from './trial.ts';
import { act, changeMode, checksumOf, collect, conditionsOf, fileIdOf, readBack } from './workload.ts';

interface Planned {
  /** Номер действия в плане. */
  readonly number: number;
  readonly words: string;
  run(room: DriveRoom): Promise<void>;
}

/** Раунды по порядку; действия одного раунда начинаются разом. */
export type Plan = readonly (readonly Planned[])[];

/** План зерна: сколько раундов, столько и раз подряд действия начинаются разом, по одному-четыре. */
export function planOf(seed: string, rounds: number): Plan {
  const random = createRandom(seed).fork('план');
  const conditions = conditionsOf(seed);
  const isEdit = conditions.mode === 'edit';
  let count = 0;
  const number = (): number => {
    count += 1;
    return count;
  };
  return Array.from({ length: rounds }, () => {
    const width = 1 + random.below(4);
    const round: Planned[] = Array.from({ length: width }, () =>
      planAction(random, { number: number(), files: conditions.files, isEdit }),
    );
    if (random.chance(0.25)) round.push(planReading(number(), fileIdOf(random.below(conditions.files))));
    if (isEdit && random.chance(0.2)) round.push(planCollect(random, { number: number(), files: conditions.files }));
    if (random.chance(0.2)) round.push(planCheckpoint(number()));
    if (!isEdit && random.chance(0.35)) round.push(planMode(number()));
    return round;
  });
}

/** Выполняет план. После отказа диска новых действий не начинает. */
export async function runPlan(room: DriveRoom, plan: Plan, keep?: ReadonlySet<number>): Promise<void> {
  for (const round of plan) {
    if (room.failed()) return;
    await Promise.all(round.filter(({ number }) => keep?.has(number) ?? true).map((planned) => planned.run(room)));
  }
}

/** План словами, по строке на действие. */
export function planWords(plan: Plan, keep?: ReadonlySet<number>): string[] {
  return plan.flatMap((round, index) =>
    round
      .filter(({ number }) => keep?.has(number) ?? true)
      .map(({ number, words }) => `раунд ${index + 1}, действие ${number}: ${words}`),
  );
}

const EDIT_KINDS = ['put', 'put', 'put', 'edit', 'remove', 'restore', 'expire', 'expire', 'mark'] as const;
const RW_KINDS = ['put', 'put', 'put', 'edit', 'edit', 'mark'] as const;

/** Обычно одно действие; изредка круг «загружен, удалён, загружен снова» — на нём повтор ошибается чаще всего. */
function planAction(random: Random, o: { number: number; files: number; isEdit: boolean }): Planned {
  const { number, isEdit } = o;
  const file = random.below(o.files);
  const fileId = fileIdOf(file);
  if (isEdit && random.chance(0.15)) return planCircle(random, { number, file });
  const kind = random.pick<Action['kind']>(isEdit ? EDIT_KINDS : RW_KINDS);
  const description = `ход ${number}`;
  if (kind !== 'put') {
    const action: Action = kind === 'edit' ? { kind, description } : { kind };
    return {
      number,
      words: `${kind} файла ${file}`,
      run: ({ store, history }) => act(store, history, { fileId, action }),
    };
  }
  // Содержимое зависит только от номера: повтор тех же байтов под тем же именем случается сам собой.
  const bytes = random.fork(`тело ${random.below(3)}`).bytes(random.pick([0, 10, 60, 90, 150]));
  const action: Action = { kind, checksum: checksumOf(bytes), description };
  const thenReads = random.chance(0.3);
  return {
    number,
    words: `put файла ${file}, ${bytes.length} байт${thenReads ? ', и сразу чтение' : ''}`,
    run: async ({ store, history }) => {
      await act(store, history, { fileId, action, bytes });
      if (thenReads) await readBack(store, fileId);
    },
  };
}

/** Столько раз читается файл, загруженный снова: раскладка отстаёт не дальше. */
const CIRCLE_READINGS = 12;

function planCircle(random: Random, { number, file }: { number: number; file: number }): Planned {
  const fileId = fileIdOf(file);
  const sizes = [random.pick([10, 90]), random.pick([60, 150])] as const;
  const put = async ({ store, history }: DriveRoom, turn: 0 | 1): Promise<void> => {
    const bytes = random.fork(`круг ${number}/${turn}`).bytes(sizes[turn]);
    const action: Action = { kind: 'put', checksum: checksumOf(bytes), description: `круг ${number}` };
    await act(store, history, { fileId, action, bytes });
  };
  return {
    number,
    words: `круг файла ${file}: загружен (${sizes[0]} байт), убран, загружен снова (${sizes[1]})`,
    run: async (room) => {
      await put(room, 0);
      if (room.failed()) return;
      await act(room.store, room.history, { fileId, action: { kind: 'expire' } });
      if (room.failed()) return;
      await put(room, 1);
      // Прежние байты того же имени ещё раскладываются: читаться обязаны новые, на каждом шагу раскладки.
      for (let left = CIRCLE_READINGS; left > 0 && !room.failed(); left -= 1) {
        await setImmediate();
        await readBack(room.store, fileId);
      }
    },
  };
}

function planReading(number: number, fileId: string): Planned {
  return { number, words: `чтение ${fileId}`, run: ({ store }) => readBack(store, fileId) };
}

/** Через раз — когда удалённый файл как раз возвращают: уборка уже видела его в очереди, а замок у возврата. */
function planCollect(random: Random, { number, files }: { number: number; files: number }): Planned {
  if (random.chance(0.5)) {
    return { number, words: 'уборка удалённого', run: ({ store, history }) => collect(store, history) };
  }
  const file = random.below(files);
  const fileId = fileIdOf(file);
  return {
    number,
    words: `файл ${file} удалён, затем возврат и уборка разом`,
    run: async ({ store, history, failed }) => {
      await act(store, history, { fileId, action: { kind: 'remove' } });
      if (failed()) return;
      await Promise.all([act(store, history, { fileId, action: { kind: 'restore' } }), collect(store, history)]);
    },
  };
}

function planCheckpoint(number: number): Planned {
  return { number, words: 'контрольная точка', run: ({ store }) => store.checkpoint() };
}

function planMode(number: number): Planned {
  return {
    number,
    words: 'режим rw ⇄ ro',
    run: ({ store, history }) => changeMode(store, history, store.mode === 'rw' ? 'ro' : 'rw'),
  };
}
