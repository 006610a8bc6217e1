// Строки таблицы замеров: устойчивые имена, единицы, с чем сравнивать и какую цель ставит задание. Чистые данные.
// Длиннее обычного: это одна таблица.

import { SEARCH_ROWS } from './search-rows.ts';

export type Target =
  | { readonly kind: 'ratio'; readonly atLeast: number }
  | { readonly kind: 'atLeast'; readonly value: number }
  | { readonly kind: 'atMost'; readonly value: number };

export interface Row {
  readonly id: string;
  /** Замер, который даёт эту строку: один замер может дать несколько строк. */
  readonly measure: string;
  readonly what: string;
  readonly unit: string;
  readonly baseline?: string;
  readonly target?: Target;
  /** Дорогая строка: минуты и гигабайты. Снимается по имени, с --million и с --write. */
  readonly heavy?: true;
  /** Ещё дороже: десятки гигабайт и десятки минут. Снимается только по имени и с --ten-million. */
  readonly huge?: true;
}

const ratio = (atLeast: number): Target => ({ kind: 'ratio', atLeast });
const atMost = (value: number): Target => ({ kind: 'atMost', value });
const atLeast = (value: number): Target => ({ kind: 'atLeast', value });

/** Скорость, процессор на гибибайт и пик памяти процессов сервера. */
function withCost(row: Omit<Row, 'measure'>, cpu?: Target, memory?: Target): readonly Row[] {
  const cost = {
    cpu: { what: 'процессор серверов', unit: 'с/ГиБ' },
    rss: { what: 'пик памяти одного процесса', unit: 'МиБ' },
  };
  return [
    { ...row, measure: row.id },
    {
      id: `${row.id}.cpu`,
      measure: row.id,
      ...cost.cpu,
      what: `${row.what}: ${cost.cpu.what}`,
      ...(cpu === undefined ? {} : { target: cpu }),
    },
    {
      id: `${row.id}.rss`,
      measure: row.id,
      ...cost.rss,
      what: `${row.what}: ${cost.rss.what}`,
      ...(memory === undefined ? {} : { target: memory }),
    },
  ];
}

function base(id: string, what: string, unit: string): Row {
  return { id, measure: id, what, unit };
}

function heavy(id: string, measure: string, text: Omit<Row, 'id' | 'measure' | 'heavy'>): Row {
  return { id, measure, ...text, heavy: true };
}

const MILLION = 'элемент с миллионом файлов';

const HEAVY_ROWS: readonly Row[] = [
  heavy('se.1m-rebuild', 'se.1m-rebuild', {
    what: `${MILLION}: каталог заново по описаниям`,
    unit: 'файлов/с',
    target: atLeast(10_000),
  }),
  heavy('se.1m-restart', 'se.1m-restart', {
    what: `${MILLION}: от запуска после чистой остановки до готовности`,
    unit: 'с',
    target: atMost(2),
  }),
  heavy('se.1m-restart-kill9', 'se.1m-restart-kill9', {
    what: `${MILLION}: от запуска после kill -9 под загрузками до готовности, худший раз`,
    unit: 'с',
    target: atMost(8),
  }),
  heavy('se.1m-list-offset', 'se.1m-list', {
    what: `${MILLION}: страница в 1 000 по номеру, худшее место и состояние, худший раз`,
    unit: 'мс',
    target: atMost(60),
  }),
  heavy('se.1m-list-keyset', 'se.1m-list', {
    what: `${MILLION}: страница в 1 000 по ключу, худший раз`,
    unit: 'мс',
    target: atMost(15),
  }),
  heavy('se.1m-get-p99', 'se.1m-get-p99', {
    what: `${MILLION}: описание по id, 4 соединения, p99`,
    unit: 'мс',
    target: atMost(2),
  }),
  heavy('se.1m-rss-idle', 'se.1m-rss-idle', {
    what: `${MILLION}: память в простое`,
    unit: 'МиБ',
    target: atMost(250),
  }),
  heavy('sync.first-1m', 'sync.1m', {
    what: `${MILLION}: первая синхронизация в пустой реестр`,
    unit: 'с',
    target: atMost(240),
  }),
  heavy('sync.unchanged-1m', 'sync.1m', {
    what: `${MILLION}: полная синхронизация, когда ничего не изменилось`,
    unit: 'с',
    target: atMost(60),
  }),
  heavy('sync.admin-rss-1m', 'sync.1m', {
    what: `${MILLION}: пик памяти модуля управления за обе синхронизации`,
    unit: 'МиБ',
    target: atMost(300),
  }),
  heavy('sync.idle-feed', 'sync.1m', {
    what: `${MILLION}: чтение ленты, в которой ничего нового`,
    unit: 'мс',
    target: atMost(50),
  }),
  heavy('sync.changes-1000', 'sync.1m', {
    what: `${MILLION}: 1 000 перемен по ленте`,
    unit: 'мс',
    target: atMost(1_000),
  }),
  heavy('registry.list-p99-1m', 'sync.1m', {
    what: 'реестр с миллионом файлов: страница перечня с фильтрами, 4 соединения, p99',
    unit: 'мс',
    target: atMost(30),
  }),
  heavy('se.put-64x1g.rss', 'se.put-64x1g.rss', {
    what: 'элемент: 64 загрузки по 1 ГиБ разом: пик памяти',
    unit: 'МиБ',
    target: atMost(400),
  }),
];

const IDENTITY_ROWS: readonly Row[] = [
  base('base.argon2', 'argon2id 19 МиБ, два прохода, по два разом', '1/с'),
  {
    id: 'auth.verify-cached',
    measure: 'auth.verify-cached',
    what: 'модуль: проверка знакомого токена, внутри процесса',
    unit: '1/с',
    target: atLeast(50_000),
  },
  ...[16, 64].map((connections) => ({
    id: `admin.token-c${connections}`,
    measure: `admin.token-c${connections}`,
    what: `модуль управления: выдача токена службе, ${connections} соединений`,
    unit: '1/с',
    target: atLeast(300),
  })),
  {
    id: 'admin.login',
    measure: 'admin.login',
    what: 'модуль управления: вход под паролем, 32 разом',
    unit: '1/с',
    baseline: 'base.argon2',
    target: ratio(0.5),
  },
  {
    id: 'admin.login.live-p99',
    measure: 'admin.login',
    what: 'модуль управления: проверка здоровья рядом с 32 входами, p99',
    unit: 'мс',
    target: atMost(100),
  },
  {
    id: 'admin.login.token-p99',
    measure: 'admin.login',
    what: 'модуль управления: выдача токена рядом с 32 входами, p99',
    unit: 'мс',
    target: atMost(250),
  },
];

const REGISTRY_ROWS: readonly Row[] = [
  {
    id: 'admin.register-c64',
    measure: 'admin.register-c64',
    what: 'модуль управления: запись в реестр, 64 соединения',
    unit: '1/с',
    target: atLeast(2000),
  },
  {
    id: 'admin.register-c64.rss',
    measure: 'admin.register-c64',
    what: 'модуль управления: запись в реестр, 64 соединения: пик памяти',
    unit: 'МиБ',
    target: atMost(300),
  },
];

export const ROWS: readonly Row[] = [
  base('base.dd', 'dd conv=fdatasync, 1 ГиБ', 'МБ/с'),
  base('base.fdatasync-serial', 'дописать 4 КиБ и fdatasync, по одному', '1/с'),
  base('base.sha256', 'SHA-256 одним ядром', 'МБ/с'),
  base('base.nginx-put-1g', 'nginx dav: PUT 1 ГиБ (без fsync и без суммы)', 'МБ/с'),
  base('base.nginx-get-1g', 'nginx sendfile: GET 1 ГиБ', 'МБ/с'),
  base('base.nginx-put-4k-c64', 'nginx dav: PUT 4 КиБ, 64 соединения (без fsync)', '1/с'),
  base('base.nginx-get-4k-c64', 'nginx: GET 4 КиБ, 64 соединения', '1/с'),
  base('base.nginx-range-64k-c64', 'nginx: участки по 64 КиБ, 64 соединения', '1/с'),
  ...withCost(
    { id: 'se.put-1g', what: 'элемент: PUT 1 ГиБ', unit: 'МБ/с', baseline: 'base.dd', target: ratio(0.9) },
    atMost(2.2),
  ),
  ...withCost({ id: 'se.put-1g-tls', what: 'элемент: PUT 1 ГиБ, TLS', unit: 'МБ/с', baseline: 'base.dd' }, atMost(3.3)),
  ...withCost(
    { id: 'se.get-1g', what: 'элемент: GET 1 ГиБ', unit: 'МБ/с', baseline: 'base.nginx-get-1g', target: ratio(0.9) },
    atMost(1),
  ),
  ...withCost({ id: 'se.get-1g-tls', what: 'элемент: GET 1 ГиБ, TLS', unit: 'МБ/с', baseline: 'base.nginx-get-1g' }),
  {
    id: 'se.put-4k-c1',
    measure: 'se.put-4k-c1',
    what: 'элемент: PUT 4 КиБ, 1 соединение',
    unit: '1/с',
    baseline: 'base.fdatasync-serial',
    target: ratio(0.5),
  },
  {
    id: 'se.put-4k-c64',
    measure: 'se.put-4k-c64',
    what: 'элемент: PUT 4 КиБ, 64 соединения',
    unit: '1/с',
    baseline: 'base.fdatasync-serial',
    target: ratio(1.5),
  },
  {
    id: 'se.put-4k-c64.per-sync',
    measure: 'se.put-4k-c64',
    what: 'элемент: PUT 4 КиБ, 64 соединения: загрузок на один сброс журнала',
    unit: 'шт.',
    target: atLeast(8),
  },
  {
    id: 'se.range-64k-c64',
    measure: 'se.range-64k-c64',
    what: 'элемент: участки по 64 КиБ, 64 соединения',
    unit: '1/с',
    baseline: 'base.nginx-range-64k-c64',
    target: ratio(0.35),
  },
  {
    id: 'se.get-4k-c64',
    measure: 'se.get-4k-c64',
    what: 'элемент: GET 4 КиБ, 64 соединения',
    unit: '1/с',
    baseline: 'base.nginx-get-4k-c64',
  },
  ...HEAVY_ROWS,
  ...IDENTITY_ROWS,
  ...REGISTRY_ROWS,
  ...SEARCH_ROWS,
  ...withCost(
    {
      id: 'path.put-1g',
      what: 'весь путь: загрузка 1 ГиБ',
      unit: 'МБ/с',
      baseline: 'se.put-1g-tls',
      target: ratio(0.75),
    },
    undefined,
    atMost(300),
  ),
  ...withCost(
    {
      id: 'path.get-1g',
      what: 'весь путь: скачивание 1 ГиБ',
      unit: 'МБ/с',
      baseline: 'se.get-1g-tls',
      target: ratio(0.75),
    },
    undefined,
    atMost(300),
  ),
  {
    id: 'path.put-4k-c64',
    measure: 'path.put-4k-c64',
    what: 'весь путь: загрузка 4 КиБ, 64 соединения',
    unit: '1/с',
    baseline: 'se.put-4k-c64',
    target: atLeast(600),
  },
  {
    id: 'path.get-4k-c64',
    measure: 'path.get-4k-c64',
    what: 'весь путь: скачивание 4 КиБ, 64 соединения',
    unit: '1/с',
    baseline: 'se.get-4k-c64',
  },
];

export interface Result {
  readonly id: string;
  readonly value: number | null;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly target: string | null;
  /** null — сравнивать не с чем или цели нет. */
  readonly ok: boolean | null;
  readonly skipped?: string;
  /** Чем замер отличался от описанного в строке. */
  readonly note?: string;
}

function describeTarget(target: Target): string {
  if (target.kind === 'ratio') return `≥ ${target.atLeast} × сравнения`;
  return `${target.kind === 'atLeast' ? '≥' : '≤'} ${target.value}`;
}

function meets(target: Target, value: number, valueRatio: number | null): boolean | null {
  if (target.kind === 'ratio') return valueRatio === null ? null : valueRatio >= target.atLeast;
  return target.kind === 'atLeast' ? value >= target.value : value <= target.value;
}

/** Сводит измеренное со сравнением и целью. */
export function judge(row: Row, value: number | null, baseline: number | null): Result {
  const valueRatio = value === null || baseline === null ? null : value / baseline;
  return {
    id: row.id,
    value,
    unit: row.unit,
    baseline,
    ratio: valueRatio,
    target: row.target === undefined ? null : describeTarget(row.target),
    ok: row.target === undefined || value === null ? null : meets(row.target, value, valueRatio),
  };
}

/** Строки, нужные для выбранных: они сами и то, с чем их сравнивают. Порядок таблицы сохранён. */
export function withBaselines(ids: readonly string[]): readonly Row[] {
  const needed = new Set<string>();
  const add = (id: string): void => {
    const row = ROWS.find((item) => item.id === id);
    if (row === undefined || needed.has(id)) return;
    needed.add(id);
    if (row.baseline !== undefined) add(row.baseline);
  };
  for (const id of ids) add(id);
  return ROWS.filter((row) => needed.has(row.id));
}
