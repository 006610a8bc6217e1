// Свойство синхронизации: что бы и в каком порядке ни случалось, живой файл не числится удалённым по решению реестра,
// а когда всё стихло, два полных прохода делают реестр равным элементу. Случай задаёт зерно: SYNC_PROPERTY_SEED
// повторяет его, SYNC_PROPERTY_SECONDS продлевает. Длиннее обычного: дела и сверка читаются вместе, порознь их не понять.
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@artstore/chassis';
import { waitUntil } from '@artstore/testing';
import { openDatabase, type Database } from '../src/database-table.ts';
import { type ElementFile, listFiles, type RegisteredFile } from '../src/registry/files-table.ts';
import { cleanUp } from './clean-up.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';
import { putFile, registerElement, startElement, type TestElement } from './start-element.ts';
import { startTroubledNetwork, type Trouble, type TroubledNetwork } from './troubled-network.ts';

const LONGER = process.env['SYNC_PROPERTY_SECONDS'];
const SECONDS = Number(LONGER ?? 8);
/** Обычный прогон повторяем; новые случаи ищет длинный. */
const SEED = Number(process.env['SYNC_PROPERTY_SEED'] ?? (LONGER === undefined ? 1 : randomInt(2 ** 31)));
const WAIT_MS = 60_000;
/** Столько дел начинается, прежде чем дождаться всех и сверить. */
const ROUND = 12;
const PASSES_MAX = 5;
const ROWS_MAX = 1_000_000;

interface World {
  readonly admin: TestAdmin;
  readonly database: Database;
  readonly network: TroubledNetwork;
  element: TestElement;
  /** Все когда-либо задуманные имена: значения — просил ли кто-нибудь удалить файл. */
  readonly files: Map<string, { deletionAsked: boolean }>;
  readonly tokens: { readonly admin: string; readonly element: string };
  readonly random: () => number;
  readonly story: string[];
}

/** mulberry32: малый и повторимый. */
function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>({ random }: World, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)];
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Прямой разговор с элементом; пока он перезапускается, отвечать некому. */
async function askElement(world: World, path: string, method: string, json?: object): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${world.element.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${world.tokens.element}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    assert.ok(error instanceof TypeError, String(error));
    return undefined;
  }
}

/** Отказать модуль вправе, сломаться — нет. */
async function askAdmin(world: World, path: string, method: string, json?: object) {
  const reply = await world.admin.call(`/api/v1/${path}`, {
    method,
    token: world.tokens.admin,
    ...(json === undefined ? {} : { json }),
  });
  assert.notEqual(reply.status, 500, `${method} ${path}: ${JSON.stringify(reply.body)}`);
  return reply;
}

type Deed = (world: World, fileId: string) => Promise<unknown>;

const put: Deed = async (world) => {
  const fileId = randomUUID();
  const registers = world.random() < 0.5;
  world.files.set(fileId, { deletionAsked: false });
  const file = await putFile(world.admin, world.element, { fileId, content: fileId }).catch(() => undefined);
  if (file !== undefined && registers) await register(world, file);
};

async function register(world: World, file: object): Promise<void> {
  await askAdmin(world, 'files', 'POST', { storage_element_id: world.element.storageId, file });
}

/** Строка о файле, которого нет: загрузка не удалась, а запись в реестр прошла. */
const registerGhost: Deed = async (world, fileId) => {
  const answer = await askElement(world, `files/${fileId}`, 'GET');
  if (answer?.status !== 200) return;
  await register(world, { ...(JSON.parse(answer.text) as object), file_id: randomUUID() });
};

const edit: Deed = async (world, fileId) => {
  const description = `правка ${world.story.length}`;
  if (world.random() < 0.5) await askAdmin(world, `files/${fileId}`, 'PUT', { description });
  else await askElement(world, `files/${fileId}`, 'PATCH', { description });
};

const remove: Deed = async (world, fileId) => {
  const known = world.files.get(fileId);
  if (known !== undefined) known.deletionAsked = true;
  if (world.random() < 0.5) await askAdmin(world, `files/${fileId}`, 'DELETE');
  else await askElement(world, `files/${fileId}`, 'DELETE');
};

const restore: Deed = async (world, fileId) => {
  if (world.random() < 0.5) await askAdmin(world, `files/${fileId}/restore`, 'POST');
  else await askElement(world, `files/${fileId}/restore`, 'POST');
};

const collect: Deed = (world) => askElement(world, 'maintenance/gc', 'POST', {});
const reportMissing: Deed = (world, fileId) => askAdmin(world, `files/${fileId}/report-missing`, 'POST');

const loseRows: Deed = ({ database, random }) =>
  database.db.query('delete from files where hashtext(file_id::text) % 3 = $1', [Math.floor(random() * 3)]);

const spoilNetwork: Deed = async (world, fileId) => {
  const troubles: readonly Trouble[] = [
    { kind: 'none' },
    { kind: 'none' },
    { kind: 'cut' },
    { kind: 'half' },
    { kind: '502' },
    { kind: '404' },
    { kind: 'forget', fileId },
    { kind: 'forget', fileId },
    { kind: 'forget', fileId },
  ];
  world.network.trouble = pick(world, troubles) ?? { kind: 'none' };
};

const sync: Deed = async (world) => {
  const modes = [
    { mode: 'changes' },
    { mode: 'full' },
    { mode: 'full', confirm: true },
    { mode: 'full', dry_run: true },
  ];
  const [json, cancels] = [pick(world, modes) ?? {}, world.random() < 0.2];
  const path = `storage-elements/${world.element.storageId}`;
  const started = await askAdmin(world, `${path}/sync`, 'POST', json);
  if (cancels && started.status === 202) await askAdmin(world, `${path}/syncs/${started.body.id}/cancel`, 'POST');
};

const DEEDS: readonly (readonly [string, number, Deed])[] = [
  ['put', 6, put],
  ['edit', 3, edit],
  ['remove', 3, remove],
  ['restore', 1, restore],
  ['collect', 1, collect],
  ['ghost', 1, registerGhost],
  ['reportMissing', 2, reportMissing],
  ['loseRows', 0.3, loseRows],
  ['network', 2, spoilNetwork],
  ['sync', 5, sync],
];

function chooseDeed(world: World): readonly [string, number, Deed] {
  let left = world.random() * DEEDS.reduce((sum, [, weight]) => sum + weight, 0);
  for (const deed of DEEDS) {
    left -= deed[1];
    if (left < 0) return deed;
  }
  return ['put', 1, put];
}

async function playRound(t: TestContext, world: World): Promise<void> {
  const doing: Promise<unknown>[] = [];
  for (let step = 0; step < ROUND; step += 1) {
    const [name, , deed] = chooseDeed(world);
    const fileId = pick(world, [...world.files.keys()]) ?? randomUUID();
    world.story.push(`${name} ${fileId}`);
    const done = deed(world, fileId);
    // Часть дел идёт разом, часть — после конца предыдущих.
    if (world.random() < 0.5) doing.push(done);
    else await done;
  }
  if (world.random() < 0.15) {
    world.story.push('restart');
    await world.element.stop();
    await startAgain(t, world);
  }
  await Promise.all(doing);
  await syncsSettled(world);
  await assertNothingLost(world);
}

async function startAgain(t: TestContext, world: World): Promise<void> {
  const { dataDir } = world.element;
  world.element = await startElement(t, { admin: world.admin, dataDir, env: ELEMENT_ENV });
  world.network.target = world.element.url;
  await waitUntil(
    'элемент готов',
    async () => (await fetch(`${world.element.url}/health/ready`)).status === 200,
    WAIT_MS,
  );
}

async function syncsSettled(world: World): Promise<void> {
  await waitUntil(
    'проходы закончены',
    async () => {
      const { rows } = await world.database.db.query(`select from syncs where state = 'running'`);
      return rows.length === 0;
    },
    WAIT_MS,
  );
}

async function listElement(world: World): Promise<Map<string, ElementFile>> {
  const files = new Map<string, ElementFile>();
  let after = '';
  for (;;) {
    const answer = await askElement(world, `files?limit=1000${after}`, 'GET');
    assert.equal(answer?.status, 200);
    const page = JSON.parse(answer.text) as { items: ElementFile[]; next_after: string | null };
    for (const file of page.items) files.set(file.file_id, file);
    if (page.next_after === null) return files;
    after = `&after=${page.next_after}`;
  }
}

async function listRegistry({ database, element }: World): Promise<Map<string, RegisteredFile>> {
  const { items } = await listFiles(
    database.db,
    { storageElementId: element.storageId },
    { limit: ROWS_MAX, offset: 0 },
  );
  return new Map(items.map((row) => [row.file_id, row]));
}

/** Имена не повторяются, поэтому помеченного реестром на элементе быть не может никогда. */
async function assertNothingLost(world: World): Promise<void> {
  // Сперва реестр, потом элемент: убранное между двумя чтениями не должно казаться потерей.
  const { rows } = await world.database.db.query<{ file_id: string }>(
    'select file_id from files where marked_at is not null',
  );
  const registry = await listRegistry(world);
  const element = await listElement(world);
  const marked = rows.map((row) => row.file_id).filter((fileId) => element.has(fileId));
  assert.deepEqual(marked, [], 'помечены удалёнными, а на элементе есть');
  for (const [fileId, { deletionAsked }] of world.files) {
    if (deletionAsked || !element.has(fileId)) continue;
    assert.equal(element.get(fileId)?.status, 'active', `${fileId}: никто не удалял`);
    assert.notEqual(registry.get(fileId)?.status, 'deleted', `${fileId}: живой, а в реестре удалён`);
  }
}

/** Полный проход, дошедший до конца; оборванное соединение прежних бед может сорвать не больше нескольких. */
async function passWhole(world: World): Promise<void> {
  const path = `storage-elements/${world.element.storageId}/sync`;
  const states: string[] = [];
  while (states.length < PASSES_MAX) {
    const started = await askAdmin(world, path, 'POST', { mode: 'full', confirm: true });
    await syncsSettled(world);
    const { rows } = await world.database.db.query<{ state: string; error_message: string | null }>(
      'select state, error_message from syncs where id = $1',
      [started.body.id ?? null],
    );
    if (rows[0]?.state === 'done') return;
    states.push(JSON.stringify(rows[0] ?? started.body));
  }
  assert.fail(`в тишине проход не доходит до конца: ${states.join(', ')}`);
}

async function revisionOf(world: World): Promise<number> {
  const answer = await askElement(world, 'info', 'GET');
  assert.equal(answer?.status, 200);
  return (JSON.parse(answer.text) as { revision: number }).revision;
}

async function assertConverges(world: World): Promise<void> {
  world.network.trouble = { kind: 'none' };
  for (let attempt = 0; ; attempt += 1) {
    const before = await revisionOf(world);
    await passWhole(world);
    await passWhole(world);
    const [registry, element] = [await listRegistry(world), await listElement(world)];
    // Уборка, начатая раньше, могла ещё идти: тогда это была не тишина.
    if ((await revisionOf(world)) === before) {
      assertEqual(registry, element);
      return;
    }
    assert.ok(attempt < PASSES_MAX, 'элемент не затихает');
  }
}

function assertEqual(registry: Map<string, RegisteredFile>, element: Map<string, ElementFile>): void {
  for (const [fileId, row] of registry) {
    if (!element.has(fileId)) assert.equal(row.status, 'deleted', `${fileId}: на элементе нет`);
  }
  for (const [fileId, file] of element) {
    const { storage_element_id: _id, registered_at: _at, updated_at: _updated, ...row } = { ...registry.get(fileId) };
    assert.deepEqual(row, file);
  }
}

const ELEMENT_ENV = { SE_GC_GRACE: '0s', SE_GC_INTERVAL: '24h', SE_RECONCILE_INTERVAL: '24h' };

async function createWorld(t: TestContext): Promise<World> {
  const quiet = { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h', AM_TOKEN_TTL: '12h' };
  const admin = await startAdmin(t, quiet);
  const log = createLogger({ service: 'admin-module', level: 'silent', format: 'text' });
  const database = openDatabase({ url: admin.databaseUrl, connectionsMax: 2, log });
  cleanUp(t, database.close);
  const element = await startElement(t, { admin, env: ELEMENT_ENV });
  const network = await startTroubledNetwork(t, element.url);
  await registerElement(admin, { ...element, url: network.url });
  const world: World = {
    admin,
    database,
    network,
    element,
    files: new Map(),
    tokens: { admin: await admin.token('full'), element: await admin.token('full', { resource: element.storageId }) },
    random: createRandom(SEED),
    story: [],
  };
  await syncsSettled(world);
  return world;
}

test('случайная жизнь: живое не числится удалённым, а в тишине реестр сходится с элементом', async (t) => {
  const world = await createWorld(t);
  const deadline = performance.now() + SECONDS * 1000;
  try {
    // Не меньше двух кругов, как бы ни была занята машина.
    for (let round = 0; round < 2 || performance.now() < deadline; round += 1) {
      await playRound(t, world);
      if (round % 8 === 7) await assertConverges(world);
    }
    await assertConverges(world);
  } catch (error) {
    throw new Error(
      `SYNC_PROPERTY_SEED=${SEED}, дел: ${world.story.length}; последние: ${world.story.slice(-ROUND).join(', ')}`,
      {
        cause: error,
      },
    );
  }
  t.diagnostic(`зерно ${SEED}, дел ${world.story.length}, файлов ${world.files.size}`);
});
