// Элементы хранения глазами администратора: отборы, чужой адрес, режим, сверка и уборка через настоящий элемент,
// состояние по опросу. О каждой удавшейся перемене — строка журнала с прежним и новым.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { startFakeElement } from './fake-element.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';
import { putFile, registerElement, startElement } from './start-element.ts';

const PATH = '/api/v1/storage-elements';
/** Опрос и лента не вмешиваются: всё, что проверяется, делает сам вызов. */
const RARELY = { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' };
const WAIT = 60_000;

interface Entry {
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
}

async function auditOf(admin: TestAdmin, objectId: string): Promise<Entry[]> {
  const token = await admin.token('only-admin-read');
  const { items } = (await admin.call(`/api/v1/audit?object_id=${objectId}&result=success`, { token })).body;
  return items
    .map(({ action, before, after }: Entry) => ({ action, before, after }))
    .filter(({ action }: Entry) => !action.startsWith('sync_'))
    .toReversed();
}

test('режим меняет сам элемент: недопустимое отвергнуто, ro → rw только с confirm; отборы и журнал это видят', async (t) => {
  const admin = await startAdmin(t, RARELY);
  const working = await startElement(t, { admin, mode: 'rw' });
  const editing = await startElement(t, { admin, mode: 'edit' });
  await registerElement(admin, working, 'рабочий');
  await registerElement(admin, editing, 'черновики');
  const token = await admin.adminToken();
  const listed = async (query: string): Promise<string[]> =>
    (await admin.call(`${PATH}?${query}`, { token })).body.items.map(({ name }: { name: string }) => name);
  assert.deepEqual(await listed('mode=rw'), ['рабочий']);
  assert.deepEqual(await listed('mode=edit&status=online'), ['черновики']);
  assert.deepEqual(await listed('status=online'), ['рабочий', 'черновики']);
  assert.deepEqual([await listed('status=offline'), await listed('mode=ar')], [[], []]);
  assert.equal((await admin.call(`${PATH}?mode=xx`, { token })).status, 400);

  const change = async (id: string, json: object): Promise<unknown[]> => {
    const { status, body } = await admin.call(`${PATH}/${id}/mode`, { token, json });
    return [status, body.error?.code ?? body.mode];
  };
  const refused = [409, 'INVALID_TRANSITION'];
  const [rw, edit] = [working.storageId, editing.storageId];
  assert.deepEqual(await change(edit, { target_mode: 'rw' }), refused);
  assert.deepEqual(await change(rw, { target_mode: 'edit' }), refused);
  assert.deepEqual(await change(rw, { target_mode: 'ar' }), refused);
  assert.deepEqual(await change(rw, { target_mode: 'ro' }), [200, 'ro']);
  assert.deepEqual(await listed('mode=ro'), ['рабочий']);
  assert.deepEqual(await change(rw, { target_mode: 'rw' }), [409, 'CONFIRMATION_REQUIRED']);
  const info = async () => (await (await fetch(`${working.url}/api/v1/info`)).json()) as { mode: string };
  assert.equal((await info()).mode, 'ro');
  assert.deepEqual(await change(rw, { target_mode: 'rw', confirm: true }), [200, 'rw']);
  assert.equal((await info()).mode, 'rw');

  const named = await admin.call(`${PATH}/${rw}`, { method: 'PUT', token, json: { name: 'главный' } });
  assert.equal(named.status, 200, JSON.stringify(named.body));
  assert.deepEqual(await auditOf(admin, rw), [
    {
      action: 'storage_element_registered',
      before: null,
      after: { name: 'рабочий', url: working.url, mode: 'rw' },
    },
    { action: 'storage_element_mode_changed', before: { mode: 'rw' }, after: { mode: 'ro' } },
    { action: 'storage_element_mode_changed', before: { mode: 'ro' }, after: { mode: 'rw' } },
    {
      action: 'storage_element_updated',
      before: { name: 'рабочий', url: working.url },
      after: { name: 'главный', url: working.url },
    },
  ]);
});

test('чужой адрес и отключение с живыми файлами отвергнуты и ничего не меняют; сверка и уборка передаются', async (t) => {
  const admin = await startAdmin(t, RARELY);
  const element = await startElement(t, { admin });
  const stranger = await startFakeElement(t);
  await registerElement(admin, element, 'тот самый');
  const token = await admin.adminToken();
  const path = `${PATH}/${element.storageId}`;
  const file = await putFile(admin, element);
  await admin.call('/api/v1/files', {
    token: await admin.token('ingester'),
    json: { storage_element_id: element.storageId, file },
  });
  const fixed = async () => {
    const { name, url, mode, status, epoch } = (await admin.call(path, { token })).body;
    return { name, url, mode, status, epoch };
  };
  const before = await fixed();

  const moved = await admin.call(path, { method: 'PUT', token, json: { name: 'иной', url: stranger.url } });
  assert.deepEqual([moved.status, moved.body.error.code], [409, 'CONFLICT']);
  const removed = await admin.call(path, { method: 'DELETE', token });
  assert.deepEqual([removed.status, removed.body.error.code], [409, 'CONFLICT']);
  assert.deepEqual(await fixed(), before);
  assert.equal((await admin.call(`/api/v1/files/${file.file_id}`, { token })).body.status, 'active');

  for (const work of ['reconcile', 'gc']) {
    const reply = await admin.call(`${path}/${work}`, { token, json: { dry_run: true } });
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    await waitUntil(
      `${work} закончена`,
      async () => (await admin.call(`${path}/${work}`, { token })).body.status === 'completed',
      WAIT,
    );
    assert.equal((await admin.call(`${path}/${work}`, { token })).body.trigger, 'manual');
  }
  assert.deepEqual((await auditOf(admin, element.storageId)).map(({ action, after }) => [action, after]).slice(1), [
    ['storage_element_reconcile_started', { dry_run: true }],
    ['storage_element_gc_started', { dry_run: true }],
  ]);

  await element.stop();
  const gone = await admin.call(`${path}/reconcile`, { token });
  assert.deepEqual([gone.status, gone.body.error.code], [502, 'SE_UNAVAILABLE']);
});

test('занятая сверка элемента — 409 RECONCILE_IN_PROGRESS и у модуля управления', async (t) => {
  const admin = await startAdmin(t, RARELY);
  const element = await startFakeElement(t);
  const token = await admin.adminToken();
  await admin.call(PATH, { token, json: { name: 'занятой', url: element.url } });
  element.intercept = ({ url }, response) => {
    if (url !== '/api/v1/maintenance/reconcile') return false;
    const headers = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
    const body = { error: { code: 'RECONCILE_IN_PROGRESS', message: 'busy', storage_id: element.storageId } };
    return Boolean(response.writeHead(409, headers).end(JSON.stringify(body)));
  };
  const reply = await admin.call(`${PATH}/${element.storageId}/reconcile`, { token, json: {} });
  assert.deepEqual([reply.status, reply.body.error.code], [409, 'RECONCILE_IN_PROGRESS']);
  assert.deepEqual((await auditOf(admin, element.storageId)).length, 1, 'о несостоявшемся записи об удаче нет');
});

test('опрос показывает degraded, maintenance, offline и возвращение; пока каталог строится, об отсутствии не судят', async (t) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '100ms' });
  const element = await startFakeElement(t);
  const token = await admin.adminToken();
  const path = `${PATH}/${element.storageId}`;
  await admin.call(PATH, { token, json: { name: 'тот самый', url: element.url } });
  const shown = async () => (await admin.call(path, { token })).body;
  const becomes = (status: string) => waitUntil(status, async () => (await shown()).status === status, WAIT);
  const sync = async () => {
    const idle = async () => (await admin.call(`${path}/syncs?state=running`, { token })).body.total === 0;
    await waitUntil('прежний проход закончен', idle, WAIT);
    const reply = await admin.call(`${path}/sync`, { token, json: { mode: 'full' } });
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    await waitUntil('проход закончен', idle, WAIT);
    return (await admin.call(`${path}/syncs`, { token })).body.items[0];
  };
  await waitUntil('первый полный проход', async () => (await shown()).full_sync_pending === false, WAIT);
  const lost = element.put();
  element.put();
  await sync();
  element.lose(lost.file_id);

  element.status = 'degraded';
  await becomes('degraded');
  assert.equal((await sync()).absent, 1);
  element.status = 'maintenance';
  await becomes('maintenance');
  for (let pass = 0; pass < 2; pass += 1) assert.equal((await sync()).marked_deleted, 0);

  element.intercept = (_request, response) => Boolean(response.destroy());
  await becomes('offline');
  assert.equal(typeof (await shown()).status_reason, 'string');
  element.intercept = undefined;
  element.status = 'online';
  await becomes('online');
  assert.equal((await shown()).status_reason, null);
  assert.equal((await sync()).marked_deleted, 1);
});
