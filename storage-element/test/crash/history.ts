// Что о файле обещано и что с ним могло быть. Испытание записывает каждое действие: когда началось, когда и чем
// ответило. После сбоя находится ли такой порядок действий, при котором файл оказался бы в увиденном состоянии?
// Ответившее действие обязано в нём быть и дать тот же ответ; не ответившее могло случиться целиком или никак.
// Это проверка на линеаризуемость, файл за файлом: действий на файл мало, полный перебор дёшев.

import type { StoredStatus } from '../../src/files/file.ts';

/** Видимое состояние файла; undefined — элемент о нём не знает. */
export interface FileState {
  readonly checksum: string;
  readonly description: string;
  readonly status: StoredStatus;
  readonly version: number;
}

export type Action =
  | { readonly kind: 'put'; readonly checksum: string; readonly description: string }
  | { readonly kind: 'edit'; readonly description: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'expire' }
  /** Пометка движка «байты пропали»: ставится на доступный файл, с помеченного снимается. */
  | { readonly kind: 'mark' }
  /** Проход уборки с нулевой отсрочкой: удалённое уходит, прочее остаётся. */
  | { readonly kind: 'collect' };

export type Outcome = 'created' | 'known' | 'done' | 'CONFLICT' | 'FILE_NOT_FOUND' | 'INTERNAL_ERROR';

export interface Step {
  readonly fileId: string;
  readonly action: Action;
  /** Часы истории: сколько действий диска началось к этому мигу. */
  readonly startedAt: number;
  /** Бесконечность, пока ответа нет; без outcome — ответ был отказом, который ничего не обещает. */
  endedAt: number;
  outcome: Outcome | undefined;
}

/** Чем действие обязано ответить и что после него остаётся. */
function perform(state: FileState | undefined, action: Action): { outcome: Outcome; next: FileState | undefined } {
  if (action.kind === 'collect') return { outcome: 'done', next: state?.status === 'deleted' ? undefined : state };
  if (state === undefined) {
    if (action.kind !== 'put') return { outcome: 'FILE_NOT_FOUND', next: state };
    const { checksum, description } = action;
    return { outcome: 'created', next: { checksum, description, status: 'active', version: 1 } };
  }
  const { status } = state;
  const version = state.version + 1;
  switch (action.kind) {
    case 'put':
      // «Уже лежит» о пропавшем было бы ложью: отправитель удалил бы свою копию.
      if (status === 'missing') return { outcome: 'INTERNAL_ERROR', next: state };
      return { outcome: state.checksum === action.checksum && status === 'active' ? 'known' : 'CONFLICT', next: state };
    case 'edit':
      if (status === 'deleted') return { outcome: 'FILE_NOT_FOUND', next: state };
      return { outcome: 'done', next: { ...state, description: action.description, version } };
    case 'remove':
      return { outcome: 'done', next: status === 'deleted' ? state : { ...state, status: 'deleted', version } };
    case 'restore':
      if (status !== 'deleted') return { outcome: 'CONFLICT', next: state };
      return { outcome: 'done', next: { ...state, status: 'active', version } };
    case 'mark':
      if (status === 'deleted') return { outcome: 'CONFLICT', next: state };
      return { outcome: 'done', next: { ...state, status: status === 'active' ? 'missing' : 'active' } };
    case 'expire':
      return { outcome: 'done', next: undefined };
  }
}

/** Все состояния, в которых файл вправе оказаться, если история оборвалась в миг now. */
export function possibleStates(steps: readonly Step[], now: number): (FileState | undefined)[] {
  const begun = steps
    .filter(({ startedAt }) => startedAt <= now)
    .map((step) => (step.endedAt <= now ? step : { ...step, endedAt: Number.POSITIVE_INFINITY, outcome: undefined }));
  const found = new Map<string, FileState | undefined>();
  const visited = new Set<string>();
  const visit = (left: readonly Step[], state: FileState | undefined): void => {
    const key = `${left.map((step) => begun.indexOf(step)).join()}|${JSON.stringify(state)}`;
    if (visited.has(key)) return;
    visited.add(key);
    if (left.every(({ outcome }) => outcome === undefined)) found.set(JSON.stringify(state) ?? '', state);
    const firstEnd = Math.min(...left.filter(({ outcome }) => outcome !== undefined).map(({ endedAt }) => endedAt));
    for (const step of left) {
      // Тот, кто начался после чужого ответа, не мог случиться раньше ответившего.
      if (step.startedAt > firstEnd) continue;
      const { outcome, next } = perform(state, step.action);
      if (step.outcome !== undefined && step.outcome !== outcome) continue;
      visit(
        left.filter((other) => other !== step),
        next,
      );
    }
  };
  visit(begun, undefined);
  return [...found.values()];
}
