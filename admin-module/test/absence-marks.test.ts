// Пометка по отсутствию: два полных прохода и живой 404, бюджет потерь, обезоруживание ошибками, пробный проход.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { waitUntil } from '@artstore/testing';
import pg from 'pg';
import { type FakeElement, startFakeElement } from './fake-element.ts';
import { openAdmin, startAdmin, type TestAdmin } from './start-admin.ts';

type Run = Record<string, unknown>;
interface Stage {
  readonly admin: TestAdmin;
  readonly element: FakeElement;
  readonly token: string;
  readonly path: string;
  sync(body: Record<string, unknown>): Promise<Run>;
  latest(): Promise<Run>;
  /** Сколько строк элемента в таком состоянии. */
  count(status: string): Promise<number>;
}

const RARELY = { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' };
const WAIT = 30_000;

async function setStage(t: TestContext): Promise<Stage> {
  const admin = await startAdmin(t, RARELY);
  const element = await startFakeElement(t);
  const token = await admin.adminToken();
  const path = `/api/v1/storage-elements/${element.storageId}`;
  const runs = async (): Promise<Run[]> => (await admin.call(`${path}/syncs`, { token })).body.items;
  const latest = async (): Promise<Run> => {
    await waitUntil(
      'проход закончен',
      async () => {
        const items = await runs();
        return items.length > 0 && items.every((run) => run['state'] !== 'running');
      },
      WAIT,
    );
    return (await runs())[0] ?? {};
  };
  await admin.call('/api/v1/storage-elements', { token, json: { name: 'тот самый', url: element.url } });
  await latest();
  return {
    admin,
    element,
    token,
    path,
    latest,
    async sync(body) {
      const reply = await admin.call(`${path}/sync`, { token, json: body });
      assert.equal(reply.status, 202, JSON.stringify(reply.body));
      return await latest();
    },
    async count(status) {
      const query = `status=${status}&storage_element_id=${element.storageId}&limit=1`;
      return (await admin.call(`/api/v1/files?${query}`, { token })).body.total;
    },
  };
}

const FULL = { mode: 'full' };
const codeOf = (run: Run): unknown => (run['error'] as { code: string } | null)?.code;

test('файл помечается после двух полных проходов и живого 404; увиденный снова становится живым', async (t) => {
  const { admin, element, token, sync, count } = await setStage(t);
  const files = Array.from({ length: 5 }, () => element.put());
  await sync(FULL);
  const lost = files.slice(0, 2);
  for (const { file_id: id } of lost) element.lose(id);

  const first = await sync(FULL);
  assert.deepEqual([first['state'], first['absent'], first['marked_deleted']], ['done', 2, 0]);
  const trial = await sync({ mode: 'full', dry_run: true });
  assert.deepEqual([trial['state'], trial['absent'], trial['marked_deleted']], ['done', 2, 2]);
  assert.equal(await count('active'), 5, 'пробный проход ничего не меняет');
  const second = await sync(FULL);
  assert.deepEqual([second['state'], second['marked_deleted'], second['progress_percent']], ['done', 2, 100]);
  assert.deepEqual([await count('active'), await count('deleted')], [3, 2]);
  const audit = (await admin.call(`/api/v1/audit?object_id=${lost[0]?.file_id}&action=file_marked_deleted`, { token }))
    .body;
  assert.match(audit.items[0].reason, /absent from 2 full passes, the storage element confirmed/);

  for (const file of lost) element.files.set(file.file_id, file);
  assert.equal((await sync(FULL))['updated'], 2);
  assert.equal(await count('active'), 5);
});

test('показанный между проходами файл начинает счёт заново; новая эпоха — тоже', async (t) => {
  const { element, sync, count } = await setStage(t);
  const file = element.put();
  element.put();
  await sync(FULL);
  element.lose(file.file_id);
  assert.equal((await sync(FULL))['absent'], 1);
  element.files.set(file.file_id, file);
  await sync(FULL);
  element.lose(file.file_id);
  assert.equal((await sync(FULL))['marked_deleted'], 0);
  element.epoch = 'e-2';
  assert.equal((await sync(FULL))['marked_deleted'], 0);
  assert.equal(await count('deleted'), 0);
  assert.equal((await sync(FULL))['marked_deleted'], 1);
});

test('ошибка чтения обезоруживает проход: негодная запись, недосказанный перечень, 500 на странице и на вопросе', async (t) => {
  const { element, sync, count } = await setStage(t);
  const file = element.put();
  element.put();
  await sync(FULL);
  element.lose(file.file_id);
  await sync(FULL);

  const odd = '00000000-0000-4000-8000-000000000001';
  element.files.set(odd, { file_id: odd, revision: 1 });
  const unreadable = await sync(FULL);
  assert.deepEqual(
    [unreadable['state'], codeOf(unreadable), unreadable['marked_deleted']],
    ['done', 'UNREADABLE_FILE', 0],
  );
  element.files.delete(odd);

  const failAt =
    (prefix: string): FakeElement['intercept'] =>
    (request, response) =>
      (request.url?.startsWith(prefix) ?? false) && Boolean(response.writeHead(500).end());
  for (const prefix of ['/api/v1/files?', '/api/v1/files/']) {
    element.intercept = failAt(prefix);
    const failed = await sync(FULL);
    assert.deepEqual([failed['state'], codeOf(failed), failed['marked_deleted']], ['failed', 'SE_UNAVAILABLE', 0]);
  }
  element.intercept = (request, response) => {
    if (request.url?.startsWith('/api/v1/files?') !== true) return false;
    const body = { items: [], total: 1000, limit: 1000, offset: 0, has_more: false, next_after: null };
    const headers = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
    return Boolean(response.writeHead(200, headers).end(JSON.stringify(body)));
  };
  const short = await sync(FULL);
  assert.deepEqual([codeOf(short), short['marked_deleted']], ['LISTING_INCOMPLETE', 0]);
  element.intercept = undefined;
  assert.equal(await count('deleted'), 0);
  assert.equal((await sync(FULL))['marked_deleted'], 1);
});

test('перечень молчит о живом файле: вопрос элементу это выясняет, и проход ничего не помечает', async (t) => {
  const { element, sync, count } = await setStage(t);
  const hidden = element.put();
  element.put();
  await sync(FULL);
  element.intercept = (request, response) => {
    if (request.url?.startsWith('/api/v1/files?') !== true) return false;
    const items = [...element.files.values()].filter((file) => file.file_id !== hidden.file_id);
    const body = { items, total: items.length, limit: 1000, offset: 0, has_more: false, next_after: null };
    const headers = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
    return Boolean(response.writeHead(200, headers).end(JSON.stringify(body)));
  };
  await sync(FULL);
  const second = await sync(FULL);
  assert.deepEqual([codeOf(second), second['marked_deleted']], ['LISTING_INCOMPLETE', 0]);
  assert.equal(await count('active'), 2);
});

test('потери сверх бюджета ждут подтверждения — и в перечне, и в ленте, а лента при этом идёт дальше', async (t) => {
  const { admin, element, token, sync, count } = await setStage(t);
  const files = Array.from({ length: 30 }, () => element.put());
  await sync(FULL);
  for (const { file_id: id } of files.slice(0, 11)) element.lose(id);
  await sync(FULL);
  const stopped = await sync(FULL);
  assert.deepEqual(
    [stopped['state'], codeOf(stopped), stopped['absent'], stopped['marked_deleted']],
    ['needs_confirmation', 'LOSS_BUDGET', 11, 0],
  );
  const stats = async () => (await admin.call('/api/v1/stats', { token })).body.syncs.waiting_for_confirmation;
  assert.equal(await stats(), 1);
  assert.equal((await sync({ mode: 'full', confirm: true }))['marked_deleted'], 11);
  assert.equal(await stats(), 0);

  for (const { file_id: id } of files.slice(11, 23)) element.purge(id);
  const fresh = element.put();
  const feed = await sync({ mode: 'changes' });
  assert.deepEqual([feed['state'], feed['marked_deleted'], feed['added']], ['needs_confirmation', 0, 1]);
  assert.equal(await count('active'), 20, fresh.file_id);
  const confirmed = await sync({ mode: 'changes', confirm: true });
  assert.deepEqual([confirmed['state'], confirmed['marked_deleted']], ['done', 12]);
  assert.deepEqual([await count('active'), await stats()], [8, 0]);
});

test('файл, записанный в реестр во время прохода, отсутствующим не считается', async (t) => {
  const { admin, element, sync, count } = await setStage(t);
  const sample = element.put();
  await sync(FULL);
  const ingester = await admin.token('ingester');
  const late = { ...sample, file_id: 'ffffffff-0000-4000-8000-000000000001', revision: 50 };
  element.intercept = (request, response) => {
    if (request.url?.startsWith('/api/v1/files?') !== true) return false;
    const body = { items: [sample], total: 1, limit: 1000, offset: 0, has_more: false, next_after: null };
    const headers = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
    const json = { storage_element_id: element.storageId, file: late };
    void admin.call('/api/v1/files', { token: ingester, json }).then((reply) => {
      assert.equal(reply.status, 201);
      response.writeHead(200, headers).end(JSON.stringify(body));
    });
    return true;
  };
  const run = await sync(FULL);
  assert.deepEqual([run['state'], run['absent']], ['done', 0]);
  assert.equal(await count('active'), 2);
});

test('оборванный проход закрывается и начинается заново; реестр, потерявший строки, собирается сам', async (t) => {
  const { admin, element, token, path, sync } = await setStage(t);
  const files = Array.from({ length: 3 }, () => element.put());
  assert.equal((await sync(FULL))['added'], files.length);
  let held = 0;
  element.intercept = (request) => {
    const isPage = request.url?.startsWith('/api/v1/files?') ?? false;
    if (isPage) held += 1;
    return isPage;
  };
  assert.equal((await admin.call(`${path}/sync`, { token, json: FULL })).status, 202);
  await waitUntil('проход ждёт страницу', () => held > 0, WAIT);
  await admin.stop();
  element.intercept = undefined;
  const next = await openAdmin(t, admin.env);
  const again = await next.adminToken();
  const runs = async (): Promise<Run[]> => (await next.call(`${path}/syncs`, { token: again })).body.items;
  await waitUntil(
    'проход повторён',
    async () => {
      const [last, before] = await runs();
      return last?.['state'] === 'done' && last['trigger'] === 'manual' && codeOf(before ?? {}) === 'INTERRUPTED';
    },
    WAIT,
  );
  await next.stop();

  const client = new pg.Client({ connectionString: admin.databaseUrl });
  await client.connect();
  await client.query('truncate files');
  await client.end();
  const third = await openAdmin(t, admin.env);
  const last = await third.adminToken();
  const rebuilt = async (): Promise<Run> => (await third.call(`${path}/syncs`, { token: last })).body.items[0];
  await waitUntil(
    'строки вернулись',
    async () => {
      const run = await rebuilt();
      return run['trigger'] === 'restored' && run['state'] === 'done';
    },
    WAIT,
  );
  assert.equal((await rebuilt())['added'], files.length);
  const listed = await third.call('/api/v1/files?status=active', { token: last });
  assert.equal(listed.body.total, files.length);
});

test('неуместное число, дата вне границ и повторы: запись названа, соседние внесены, ничего не помечено', async (t) => {
  const { element, sync, count } = await setStage(t);
  const good = element.put();
  await sync(FULL);
  element.put({ uploaded_at: '+200000-01-01T00:00:00.000Z' });
  const dated = await sync(FULL);
  assert.deepEqual([dated['state'], codeOf(dated), dated['marked_deleted']], ['done', 'UNREADABLE_FILE', 0]);
  element.put({ version: 4_000_000_000 });
  element.put();
  const numbered = await sync(FULL);
  assert.deepEqual([numbered['state'], numbered['added'], numbered['marked_deleted']], ['done', 1, 0]);
  element.intercept = (request, response) => {
    if (request.url?.startsWith('/api/v1/files?') !== true) return false;
    const body = { items: [good, good], total: 2, limit: 1000, offset: 0, has_more: false, next_after: null };
    const headers = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
    return Boolean(response.writeHead(200, headers).end(JSON.stringify(body)));
  };
  const repeated = await sync(FULL);
  assert.deepEqual([repeated['state'], codeOf(repeated)], ['failed', 'SE_UNAVAILABLE']);
  assert.equal(await count('deleted'), 0);
});
