// Правило зависимостей в действии: разобранный файл вошёл, список нарушений вышел. Чистая логика.

import { posix } from 'node:path';
import type { ImportUse, SourceFile, Use } from './read-source.ts';
import { PERMISSIONS, PURE_BUILTINS, PURE_FILES, ROOMS, type Permission, type Room } from './rooms.ts';

export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

type Found = Omit<Breach, 'path'>;

const LINES_MAX = 300;
const BANNED_NAMES = /(^|-)(utils?|helpers?|common|managers?|services?|base|misc)\.(?!md)/;
const KEBAB_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|gen|config))?\.(ts|tsx|mjs)$/;
const FILE_SYSTEM = /^node:fs(\/promises)?$|^fs(\/promises)?$/;
const NETWORK = /^(undici|openapi-fetch|got|axios|node-fetch|ws|(node:)?(net|tls|dgram|http2?|https))$/;
const NETWORK_USES = new Set(['fetch', 'WebSocket', 'EventSource', 'globalThis.fetch']);
/** Из node:http и node:net без сети: создать сервер и узнать адрес может лишь шасси, эти имена безвредны. */
const NETWORK_HARMLESS_NAMES = new Set([
  'STATUS_CODES',
  'METHODS',
  'isIP',
  'isIPv4',
  'isIPv6',
  'BlockList',
  'SocketAddress',
  'createSecureContext',
  'rootCertificates',
]);
const SQL_PACKAGES = /^(pg|kysely|postgres|node:sqlite)$/;
const IMPURE_USES = new Set([
  'process.env',
  'Date.now',
  'Math.random',
  'performance.now',
  'new Date()',
  'fetch',
  'globalThis.fetch',
]);

/** Все нарушения одного файла. */
export function findBreaches(source: SourceFile): readonly Breach[] {
  const found: Found[] = [
    ...checkName(source),
    ...checkSize(source),
    ...checkHeader(source),
    ...checkRooms(source),
    ...checkPurity(source),
    ...checkBarrel(source),
    ...checkFileSystem(source),
    ...checkNetwork(source),
    ...checkEnvironment(source),
    ...checkSql(source),
    ...checkFastify(source),
  ];
  return found.map((breach) => ({ path: source.path, ...breach }));
}

/** Комната файла или undefined, если он ничей. */
export function roomOf(path: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(path));
}

/** Путь внутри проекта, на который указывает импорт; undefined — чужой пакет или встроенный модуль. */
export function targetPath(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const own = /^@artstore\/([a-z-]+)(?:\/(.+))?$/.exec(specifier);
  if (own?.[1] === undefined) return undefined;
  const isPackage = ['contracts', 'chassis', 'auth', 'clients', 'postgres', 'testing'].includes(own[1]);
  return `${isPackage ? 'pkg/' : ''}${own[1]}/${own[2] ?? 'index.ts'}`;
}

function checkName({ path }: SourceFile): Found[] {
  const name = posix.basename(path);
  if (!KEBAB_NAME.test(name))
    return [{ line: 1, rule: 'имя', message: `${name}: имя файла пишут строчными буквами через дефис` }];
  const banned = BANNED_NAMES.exec(name)?.[2];
  if (banned === undefined) return [];
  return [{ line: 1, rule: 'имя', message: `«${banned}» в имени не говорит, что в файле; назовите по делу` }];
}

function checkSize({ path, lines, header }: SourceFile): Found[] {
  if (lines <= LINES_MAX || isTest(path) || /длин|строк/i.test(header)) return [];
  return [{ line: 1, rule: 'размер', message: `${lines} строк: больше ${LINES_MAX}, и шапка не объясняет почему` }];
}

function checkHeader({ path, header }: SourceFile): Found[] {
  if (isTest(path) || /[а-яё]{3}/i.test(header)) return [];
  return [
    { line: 1, rule: 'шапка', message: 'файл начинают с одного-трёх предложений по-русски: комната, обещание, право' },
  ];
}

function moduleOf(path: string): string | undefined {
  return /^(admin-module|storage-element|ingester-module|query-module|admin-ui)\//.exec(path)?.[1];
}

function checkRooms({ path, imports }: SourceFile): Found[] {
  const room = roomOf(path);
  if (room === undefined)
    return [{ line: 1, rule: 'комната', message: 'файл не принадлежит ни одной комнате (tools/boundaries/rooms.ts)' }];
  return imports.flatMap((item) => {
    const target = targetPath(path, item.specifier);
    if (target === undefined) return [];
    return checkNeighbour(path, target, item) ?? checkRoomImport(room, target, item) ?? [];
  });
}

function checkNeighbour(path: string, target: string, item: ImportUse): Found | undefined {
  const own = moduleOf(path);
  const other = moduleOf(target);
  if (target.endsWith('.test.ts')) return breach(item, 'комната', `проверку ${target} не импортируют`);
  if (other === undefined || own === other || /^(tools|bench|test)\//.test(path)) return undefined;
  if (own !== undefined)
    return breach(item, 'сосед', `модуль ${own} не импортирует модуль ${other}: он ходит к нему через clients`);
  return breach(item, 'сосед', `${path.split('/')[0]} не импортирует модуль ${other}`);
}

function checkRoomImport(room: Room, target: string, item: ImportUse): Found | undefined {
  if (room.mayImport.includes('*')) return undefined;
  const targetRoom = isPure(target) && moduleOf(target) !== undefined ? 'pure' : roomOf(target)?.name;
  const name = target.startsWith('pkg/testing/') ? 'testing' : targetRoom;
  if (name === undefined || room.mayImport.includes(name)) return undefined;
  if (item.typeOnly && room.mayImportTypes?.includes(name) === true) return undefined;
  // Пример: engine вправе импортировать свои же чистые файлы.
  if (name === 'pure' && room.mayImport.includes(roomOf(target)?.name ?? '')) return undefined;
  return breach(item, 'комната', `${room.name} не импортирует ${name} (${target}). ${room.why}`);
}

function isPure(path: string): boolean {
  return PURE_FILES.some((pattern) => pattern.test(path));
}

function isTest(path: string): boolean {
  return /\.test\.ts$|(^|\/)test\/|^pkg\/testing\//.test(path);
}

function checkPurity({ path, imports, uses }: SourceFile): Found[] {
  if (!isPure(path) || isTest(path)) return [];
  const wrongImports = imports.filter((item) => !item.typeOnly && !mayPureImport(path, item));
  const wrongUses = uses.filter((use) => IMPURE_USES.has(use.what));
  return [
    ...wrongImports.map((item) => breach(item, 'чистота', `чистый файл не импортирует ${item.specifier}`)),
    ...wrongUses.map((use) => breach(use, 'чистота', `чистый файл не трогает ${use.what}: часы и случай ему передают`)),
  ];
}

function mayPureImport(path: string, item: ImportUse): boolean {
  const target = targetPath(path, item.specifier);
  if (target !== undefined) return isPure(target) || target.startsWith('pkg/contracts/');
  if (item.specifier === 'node:crypto') return item.names.every((name) => name === 'createHash' || name === 'hash');
  if (item.specifier.startsWith('node:')) return PURE_BUILTINS.has(item.specifier);
  return SQL_PACKAGES.test(item.specifier) ? permitted('sql', path) : true;
}

function checkBarrel({ path, uses }: SourceFile): Found[] {
  if (/^pkg\/[a-z-]+\/index\.ts$/.test(path)) return [];
  return uses
    .filter((use) => use.what === 'export *')
    .map((use) => breach(use, 'бочка', 'export * живёт только во входе пакета (pkg/*/index.ts)'));
}

function checkFileSystem({ path, imports }: SourceFile): Found[] {
  if (permitted('file-system', path)) return [];
  return imports
    .filter((item) => !item.typeOnly && FILE_SYSTEM.test(item.specifier))
    .map((item) => breach(item, 'диск', `${item.specifier} здесь нельзя: диск знают немногие файлы (rooms.ts)`));
}

function checkNetwork({ path, imports, uses }: SourceFile): Found[] {
  if (permitted('network', path)) return [];
  const server = permitted('fastify', path);
  const wrongImports = imports.filter((item) => {
    if (item.typeOnly || !NETWORK.test(item.specifier)) return false;
    if (server && /^(node:)?(https?|net|tls)$/.test(item.specifier))
      return item.names.includes('request') || item.names.includes('get');
    return item.names.length === 0 || item.names.some((name) => !NETWORK_HARMLESS_NAMES.has(name));
  });
  return [
    ...wrongImports.map((item) => breach(item, 'сеть', `${item.specifier} здесь нельзя: в сеть ходит pkg/clients`)),
    ...uses
      .filter((use) => NETWORK_USES.has(use.what))
      .map((use) => breach(use, 'сеть', `${use.what} здесь нельзя: в сеть ходит pkg/clients`)),
  ];
}

function checkEnvironment({ path, uses }: SourceFile): Found[] {
  if (permitted('environment', path)) return [];
  return uses
    .filter((use) => use.what === 'process.env')
    .map((use) => breach(use, 'окружение', 'process.env читает только main.ts'));
}

function checkSql({ path, imports, sql }: SourceFile): Found[] {
  if (permitted('sql', path)) return [];
  const drivers = imports.filter((item) => !item.typeOnly && SQL_PACKAGES.test(item.specifier));
  return [
    ...sql.map((use) => breach(use, 'SQL', `${use.what} вне *-table.ts, files-view.ts и миграций`)),
    ...drivers.map((item) => breach(item, 'SQL', `${item.specifier} импортируют только комнаты SQL`)),
  ];
}

function checkFastify({ path, imports }: SourceFile): Found[] {
  if (permitted('fastify', path)) return [];
  return imports
    .filter((item) => /^(fastify|@fastify\/(?!busboy))/.test(item.specifier))
    .map((item) => breach(item, 'HTTP', `${item.specifier} знает только шасси`));
}

function permitted(id: Permission['id'], path: string): boolean {
  const permission = PERMISSIONS.find((item) => item.id === id);
  return permission?.allowed.some(({ files }) => files.test(path)) ?? false;
}

function breach(at: Use | ImportUse, rule: string, message: string): Found {
  return { line: at.line, rule, message };
}
