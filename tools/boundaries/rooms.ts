// Правило зависимостей как данные и как документ: какие комнаты есть и что каждой можно.
// Проверяет его tools/boundaries.ts; ARCHITECTURE.md объясняет, зачем оно.

/** Что комната вправе импортировать: имена комнат; `*` — любые. */
export interface Room {
  readonly name: string;
  readonly files: RegExp;
  readonly mayImport: readonly string[];
  /** Чьи типы (но не код) комнате тоже видны. */
  readonly mayImportTypes?: readonly string[];
  readonly why: string;
}

const MODULE = '(?<module>admin-module|storage-element|ingester-module|query-module|admin-ui)';
const PACKAGES = ['contracts', 'chassis', 'auth', 'clients', 'postgres'];

/** Порядок важен: файл принадлежит первой подходящей комнате. */
export const ROOMS: readonly Room[] = [
  {
    name: 'tests',
    files: /(^|\/)test\/|\.test\.ts$|^pkg\/testing\//,
    mayImport: ['*'],
    why: 'Проверки вправе собрать из частей что угодно, но не части соседнего модуля.',
  },
  {
    name: 'tools',
    files: /^tools\//,
    mayImport: ['tools', 'contracts', 'chassis', 'config', 'testing'],
    why: 'Инструменты читают проект.',
  },
  {
    name: 'bench',
    files: /^bench\//,
    mayImport: ['bench', 'stand', 'tools', 'contracts', 'auth', 'clients', 'postgres', 'testing'],
    why: 'Замеры видят систему снаружи; изнутри — проверку токена, у неё своя строка, и базу, которую наполняют сами.',
  },
  {
    name: 'stand',
    files: /^stand\//,
    mayImport: ['stand', 'contracts', 'clients', 'postgres'],
    why: 'Стенд запускает модули процессами, а не импортирует их.',
  },
  {
    name: 'cli',
    files: /^cli\//,
    mayImport: ['cli', 'contracts', 'clients'],
    why: 'Команда ходит в сеть через clients.',
  },
  {
    name: 'contracts',
    files: /^pkg\/contracts\//,
    mayImport: ['contracts'],
    why: 'Слова без ввода-вывода, ниже них ничего нет.',
  },
  {
    name: 'chassis',
    files: /^pkg\/chassis\//,
    mayImport: ['chassis', 'contracts'],
    why: 'Пакеты не знают друг о друге.',
  },
  { name: 'auth', files: /^pkg\/auth\//, mayImport: ['auth', 'contracts'], why: 'Пакеты не знают друг о друге.' },
  {
    name: 'clients',
    files: /^pkg\/clients\//,
    mayImport: ['clients', 'contracts'],
    why: 'Пакеты не знают друг о друге.',
  },
  {
    name: 'postgres',
    files: /^pkg\/postgres\//,
    mayImport: ['postgres', 'contracts'],
    why: 'Пакеты не знают друг о друге.',
  },
  {
    name: 'main',
    files: new RegExp(`^${MODULE}/src/main\\.ts$`),
    mayImport: ['app', 'config', 'chassis'],
    why: 'Прочитать окружение, собрать, запустить; логики нет.',
  },
  {
    name: 'app',
    files: new RegExp(`^${MODULE}/src/app\\.ts$`),
    mayImport: ['config', 'routes', 'upkeep', 'verbs', 'engine', 'table', 'pure', ...PACKAGES],
    why: 'Единственное место, где части соединяют.',
  },
  {
    name: 'config',
    files: new RegExp(`^${MODULE}/src/config\\.ts$`),
    mayImport: ['chassis', 'contracts', 'pure'],
    why: 'Чистый разбор окружения.',
  },
  {
    name: 'routes',
    files: new RegExp(`^${MODULE}/src/routes/`),
    mayImport: ['routes', 'upkeep', 'verbs', 'pure', 'contracts', 'chassis'],
    mayImportTypes: ['engine', 'table', 'clients', 'config'],
    why: 'Запрос вошёл, один вызов, ответ вышел: ни SQL, ни файлов, ни сети.',
  },
  {
    name: 'engine',
    files: new RegExp(`^${MODULE}/src/engine/`),
    mayImport: ['engine', 'pure', 'contracts'],
    why: 'Записи, описания, замки; ничего о HTTP, токенах и соседях.',
  },
  {
    name: 'upkeep',
    files: new RegExp(`^${MODULE}/src/upkeep/`),
    mayImport: ['upkeep', 'verbs', 'engine', 'pure', 'contracts', 'chassis'],
    why: 'Работа в фоне: те же слова и тот же движок, что у запросов, но ни запроса, ни ответа.',
  },
  {
    name: 'table',
    files: new RegExp(`^${MODULE}/src/(.+-table|registry/files-view)\\.ts$`),
    mayImport: ['table', 'pure', 'verbs', 'contracts', 'postgres'],
    why: 'SQL одной таблицы в переданной транзакции.',
  },
  {
    name: 'verbs',
    files: new RegExp(`^${MODULE}/src/`),
    mayImport: ['verbs', 'engine', 'table', 'pure', ...PACKAGES],
    why: 'Слова предметной области и порядок шагов; окружения и HTTP не знают.',
  },
  { name: 'root', files: /^[^/]+\.(ts|mjs)$/, mayImport: ['*'], why: 'Настройки инструментов.' },
];

/** Файлы без часов, случая и ввода-вывода: импортируют только таких же. */
export const PURE_FILES: readonly RegExp[] = [
  /^pkg\/contracts\/(?!generated\/)/,
  /^storage-element\/src\/engine\/(wal-record|attr|layout|seal|unreadable-file|plan-sizes)\.ts$/,
  /^storage-element\/src\/files\/(file|mode)\.ts$/,
  /^ingester-module\/src\/upload\/(upload-policy|choose-element)\.ts$/,
  /^query-module\/src\/search\/where-clause\.ts$/,
  /^admin-module\/src\/sync\/plan-marks\.ts$/,
];

/** Встроенные модули, которые не трогают мир: их чистому файлу можно. */
export const PURE_BUILTINS = new Set([
  'node:assert',
  'node:assert/strict',
  'node:buffer',
  'node:util',
  'node:path',
  'node:zlib',
]);

export interface Permission {
  readonly id: 'file-system' | 'network' | 'environment' | 'sql' | 'fastify' | 'listening';
  readonly allowed: readonly { readonly files: RegExp; readonly why: string }[];
}

const OUTSIDE = {
  files: /^(tools|stand|bench|cli)\/|(^|\/)test\/|\.test\.ts$|^pkg\/testing\/|^[^/]+\.mjs$/,
  why: 'не сервер',
};

export const PERMISSIONS: readonly Permission[] = [
  {
    id: 'file-system',
    allowed: [
      OUTSIDE,
      { files: /^storage-element\/src\/engine\/disk\.ts$/, why: 'единственный диск движка' },
      { files: /^pkg\/postgres\//, why: 'миграции и встроенный сервер' },
      {
        files: /^pkg\/chassis\/src\/(contract-document|serve-docs|docs-page)\.ts$/,
        why: 'контракт и страница документации',
      },
      { files: /^pkg\/auth\/src\/jwks-[a-z-]+\.ts$/, why: 'последний годный набор ключей' },
      {
        files: new RegExp(`^${MODULE}/src/(main|app|config|read-[a-z-]+)\\.ts$`),
        why: 'сертификаты и файлы настроек при запуске',
      },
      { files: /^admin-module\/src\/backup\/backup-file\.ts$/, why: 'файл копии, который просит оператор' },
    ],
  },
  {
    id: 'network',
    allowed: [
      OUTSIDE,
      { files: /^pkg\/clients\//, why: 'единственный ход к соседям' },
      { files: /^pkg\/auth\/src\/[a-z-]*jwks[a-z-]*\.ts$/, why: 'открытые ключи' },
    ],
  },
  {
    id: 'environment',
    allowed: [OUTSIDE, { files: new RegExp(`^${MODULE}/src/main\\.ts$`), why: 'вход процесса' }],
  },
  {
    id: 'sql',
    allowed: [
      OUTSIDE,
      { files: /-table\.ts$|\/files-view\.ts$|\/migrations\//, why: 'комнаты SQL' },
      { files: /^query-module\/src\/search\/where-clause\.ts$/, why: 'условия поиска из готовых частей' },
      { files: /^pkg\/postgres\//, why: 'миграции и проверка локали' },
      { files: /^storage-element\/src\/engine\/catalog[a-z-]*\.ts$/, why: 'перестраиваемый указатель элемента' },
      { files: /^storage-element\/src\/engine\/lock-directory\.ts$/, why: 'замок каталога данных на файле SQLite' },
    ],
  },
  {
    id: 'fastify',
    allowed: [
      OUTSIDE,
      { files: /^pkg\/chassis\//, why: 'HTTP живёт в шасси' },
      { files: new RegExp(`^${MODULE}/src/app\\.ts$`), why: 'сборка' },
    ],
  },
];
