// Полный перебор: все последовательности из одного, двух и трёх действий по одному за раз, и сбой каждого вида в каждой
// точке. Точки прежних действий повторно не берутся: до последнего действия диск тот же, что у более короткой
// последовательности, и там они пройдены. Случай здесь один — какая часть несброшенного дошла при сбое shuffle.
import type { StorageMode } from '../../src/files/mode.ts';
import { crashEverywhere } from './explore.ts';
import { addExplored, type Explored, NOTHING_EXPLORED } from './explored.ts';
import type { Action } from './history.ts';
import { createRandom } from './random.ts';
import { type DriveRoom, Found, Trial } from './trial.ts';
import { act, changeMode, checksumOf, collect, type Conditions, fileIdOf, readBack } from './workload.ts';

/** Действие перебора; turn — его место в последовательности, чтобы описания различались. */
type Letter = (room: DriveRoom, turn: number) => Promise<void>;

const FILE = fileIdOf(1);
const OTHER_FILE = fileIdOf(2);
const SMALL = createRandom('малый').bytes(40);
const LARGE = createRandom('большой').bytes(150);

function put(fileId: string, bytes: Buffer): Letter {
  return async ({ store, history }, turn) => {
    const action: Action = { kind: 'put', checksum: checksumOf(bytes), description: `загрузка ${turn}` };
    await act(store, history, { fileId, action, bytes });
    await readBack(store, fileId);
  };
}

function change(make: (turn: number) => Action): Letter {
  return ({ store, history }, turn) => act(store, history, { fileId: FILE, action: make(turn) });
}

function toMode(target: StorageMode): Letter {
  return ({ store, history }) => changeMode(store, history, target);
}

const COMMON_LETTERS = {
  'малый файл': put(FILE, SMALL),
  'большой файл под тем же именем': put(FILE, LARGE),
  'другой файл': put(OTHER_FILE, SMALL),
  правка: change((turn) => ({ kind: 'edit', description: `правка ${turn}` })),
  'пометка или её снятие': change(() => ({ kind: 'mark' })),
  'контрольная точка': ({ store }: DriveRoom) => store.checkpoint(),
} satisfies Record<string, Letter>;

/** Что бывает с элементом edit. То же имя ещё раз — та же буква дважды. */
const EDIT_LETTERS: Readonly<Record<string, Letter>> = {
  ...COMMON_LETTERS,
  удаление: change(() => ({ kind: 'remove' })),
  возврат: change(() => ({ kind: 'restore' })),
  'файл убран': change(() => ({ kind: 'expire' })),
  'уборка удалённого': ({ store, history }: DriveRoom) => collect(store, history),
};

/** Что бывает с элементом rw: удалять нельзя, зато меняется режим. */
const RW_LETTERS: Readonly<Record<string, Letter>> = {
  ...COMMON_LETTERS,
  'режим ro': toMode('ro'),
  'режим rw': toMode('rw'),
  'режим ar': toMode('ar'),
};

/** С чего последовательность начинается: эти действия уже позади, их точки сбоя не берутся. */
export const STARTS = [
  { mode: 'edit', before: [], letters: EDIT_LETTERS },
  { mode: 'edit', before: ['большой файл под тем же именем', 'контрольная точка'], letters: EDIT_LETTERS },
  { mode: 'rw', before: [], letters: RW_LETTERS },
] as const satisfies readonly Start[];

interface Start {
  readonly mode: 'edit' | 'rw';
  readonly before: readonly string[];
  readonly letters: Readonly<Record<string, Letter>>;
}

const LENGTH_MAX = 3;

/** Часть перебора: начало и первое действие последовательностей. */
export interface SequenceOrder {
  readonly start: number;
  readonly first: string;
}

/** Части перебора этого начала; вместе они — весь перебор от него. */
export function sequenceOrders(start: number): SequenceOrder[] {
  return Object.keys(STARTS[start]?.letters ?? {}).map((first) => ({ start, first }));
}

export function sequencesOf({ start, first }: SequenceOrder): string[][] {
  const letters = Object.keys(STARTS[start]?.letters ?? {});
  const found: string[][] = [];
  let longest: string[][] = [[first]];
  for (let length = 1; length <= LENGTH_MAX; length += 1) {
    found.push(...longest);
    longest = longest.flatMap((sequence) => letters.map((letter) => [...sequence, letter]));
  }
  return found;
}

/** Малый журнал: три действия успевают сменить сегмент; точек, кроме названных, почти нет. */
function conditionsFor(mode: StorageMode): Conditions {
  const walLimits = { segmentBytes: 1500, segmentsMax: 3, frameBytesMax: 1400 };
  return { mode, files: 2, checkpointBytes: 2 ** 40, walLimits };
}

/** Перебирает свою часть. Бросает Found. */
export async function exploreSequences(order: SequenceOrder): Promise<Explored> {
  const start = STARTS[order.start];
  if (start === undefined) throw new Error(`начала ${order.start} нет`);
  const seen = new Set<string>();
  let explored: Explored = NOTHING_EXPLORED;
  for (const sequence of sequencesOf(order))
    explored = addExplored(explored, await crashSequence(start, sequence, seen));
  return explored;
}

async function crashSequence(start: Start, sequence: readonly string[], seen: Set<string>): Promise<Explored> {
  const name = sequence.join(', ');
  const seed = `перебор ${start.mode}${start.before.length > 0 ? ` после: ${start.before.join(', ')};` : ''}`;
  const trial = new Trial({ seed, name, conditions: conditionsFor(start.mode) });
  try {
    const failure = await trial.record(async (room) => {
      const turns = [...start.before, ...sequence];
      for (const [turn, letter] of turns.entries()) {
        if (turn === turns.length - 1) trial.points.length = 0;
        await start.letters[letter]?.(room, turn);
      }
    });
    if (failure !== undefined) throw new Found(`зерно ${trial.seed}: движок отказал, хотя диск исправен`, failure);
    return await crashEverywhere(trial, trial.points, { seen, shared: true, secondCrashes: 0 });
  } finally {
    trial.close();
  }
}
