// Как искать широкий запрос: способы по порядку попыток, от дешёвого к надёжному. Чистая комната.
// Цены — микросекунды процессора на строку, измеренные на миллионе строк; важны только их отношения.

/**
 * walk — идти по индексу порядка от начала, проверяя строку за строкой, не дальше rows строк;
 * edge — найти ключ строки на месте rows и взять совпадения по эту сторону от него через индекс слов;
 * all — собрать все совпадения и отсортировать; scan — идти по порядку, пока не наберётся нужное, без предела строк.
 */
export type Way =
  | { readonly kind: 'walk' | 'edge'; readonly rows: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'scan' };

export interface Search {
  /** Сколько совпадений ждёт планировщик. */
  readonly expected: number;
  /** Среди скольких строк порядка они лежат. */
  readonly rowsInRange: number;
  /** Сколько первых по порядку совпадений нужно. */
  readonly needed: number;
  readonly check: CheckKind;
  /** Сколько строк поставит в карту индекс текста: с прочими условиями — больше, чем совпадений. */
  readonly indexed: number;
}

/** Что проверяется у строки: слова (сперва их начала, у прошедших — вектор), часть имени или простые поля. */
export type CheckKind = 'words' | 'name' | 'fields';

const CHECK_US: Readonly<Record<CheckKind, number>> = { words: 4, name: 0.8, fields: 0.3 };
/** Прочитать строку по карте, собрать и отсортировать. */
const FETCH_US = 2;
/** Поставить строку в карту совпадений. */
const BITMAP_US = 0.1;
/** Пройти ключ индекса порядка. */
const KEY_US = 0.15;
/** Совпадения лежат неровно: первая попытка с запасом, вторая — с большим. */
const MARGIN = 2;
const SECOND_MARGIN = 16;
const ROWS_MIN = 2_000;
const ROWS_MAX = 500_000;
/** Больше строк в память не собирается. */
export const COLLECT_MAX = 300_000;

export function chooseWays({ expected, rowsInRange, needed, check, indexed }: Search): readonly Way[] {
  const matches = Math.max(expected, 1);
  const rowsPerMatch = Math.max(rowsInRange / matches, 1);
  const last: Way = matches <= COLLECT_MAX ? { kind: 'all' } : { kind: 'scan' };
  const nearest = needed * rowsPerMatch;
  const walkUs = nearest * CHECK_US[check];
  const edgeUs =
    check === 'fields'
      ? Number.POSITIVE_INFINITY
      : indexed * BITMAP_US + nearest * MARGIN * KEY_US + needed * MARGIN * FETCH_US;
  const nearUs = Math.min(walkUs, edgeUs);
  if (matches * FETCH_US <= nearUs) return [last];
  const kind: 'walk' | 'edge' = walkUs <= edgeUs ? 'walk' : 'edge';
  const tries = [MARGIN, SECOND_MARGIN].map((margin) => Math.max(ROWS_MIN, Math.ceil(nearest * margin)));
  const near = tries.filter((rows) => rows <= ROWS_MAX && rows < rowsInRange);
  return [...near.map((rows): Way => ({ kind, rows })), last];
}
