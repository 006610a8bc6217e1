// Синхронизация с настоящим элементом хранения: подключение, лента, правки и удаления через элемент, история.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { startAdmin, type TestAdmin } from './start-admin.ts';
import { putFile, registerElement, startElement } from './start-element.ts';

const FAST = { AM_CHANGES_INTERVAL: '200ms', AM_WATCH_INTERVAL: '200ms' };

async function getRow(admin: TestAdmin, fileId: string) {
  return await admin.call(`/api/v1/files/${fileId}`, { token: await admin.token('query') });
}

test('файлы, лежавшие на элементе до подключения, появляются в реестре сами', async (t) => {
  const admin = await startAdmin(t, FAST);
  const element = await startElement(t, { admin });
  await registerElement(admin, element, 'первый');
  const early = await putFile(admin, element);
  await waitUntil('файл в реестре', async () => (await getRow(admin, early.file_id)).status === 200);
  const { body } = await getRow(admin, early.file_id);
  assert.equal(body.storage_element_id, element.storageId);
  assert.equal(body.original_filename, 'черновик.txt');
  assert.equal(body.uploaded_by, 'demo');
  assert.equal(body.revision, early.revision);
  const token = await admin.token('full');
  const state = (await admin.call(`/api/v1/storage-elements/${element.storageId}`, { token })).body;
  assert.equal(state.status, 'online');
  assert.equal(state.full_sync_pending, false);
  assert.equal(state.mode, 'edit');
  const history = (await admin.call(`/api/v1/storage-elements/${element.storageId}/syncs`, { token })).body;
  assert.equal(history.items.at(-1).mode, 'full');
  assert.equal(history.items.at(-1).trigger, 'registration');
  assert.ok(history.items.every((run: { state: string }) => run.state === 'done'));
});

test('правка, удаление и возврат идут через элемент, реестр повторяет', async (t) => {
  const admin = await startAdmin(t, FAST);
  const element = await startElement(t, { admin });
  await registerElement(admin, element);
  const file = await putFile(admin, element);
  const token = await admin.adminToken();
  await waitUntil('файл в реестре', async () => (await getRow(admin, file.file_id)).status === 200);

  const edited = await admin.call(`/api/v1/files/${file.file_id}`, {
    method: 'PUT',
    token,
    json: { description: 'Подписан', tags: ['договор'] },
  });
  assert.equal(edited.status, 200, JSON.stringify(edited.body));
  assert.deepEqual([edited.body.description, edited.body.tags, edited.body.version], ['Подписан', ['договор'], 2]);
  assert.ok(edited.body.revision > file.revision);

  const removed = await admin.call(`/api/v1/files/${file.file_id}`, { method: 'DELETE', token });
  assert.equal(removed.status, 204);
  const row = (await getRow(admin, file.file_id)).body;
  assert.equal(row.status, 'deleted');
  assert.notEqual(row.deleted_at, null);

  const restored = await admin.call(`/api/v1/files/${file.file_id}/restore`, { method: 'POST', token });
  assert.deepEqual([restored.status, restored.body.status, restored.body.deleted_at], [200, 'active', null]);

  const audit = (await admin.call(`/api/v1/audit?actor=admin&object_id=${file.file_id}`, { token })).body;
  assert.deepEqual(
    audit.items.map((entry: { action: string; actor: string }) => [entry.action, entry.actor]),
    [
      ['file_restored', 'admin'],
      ['file_deleted', 'admin'],
      ['file_updated', 'admin'],
    ],
  );
  assert.deepEqual(
    audit.items.map(({ before, after }: { before: object; after: object }) => [before, after]),
    [
      [{ status: 'deleted' }, { status: 'active' }],
      [{ status: 'active' }, { status: 'deleted' }],
      [
        { description: '', tags: [] },
        { description: 'Подписан', tags: ['договор'] },
      ],
    ],
  );
});

test('report-missing помечает только то, чего на элементе в самом деле нет, и проход возвращает помеченное', async (t) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' });
  const element = await startElement(t, { admin });
  await registerElement(admin, element);
  const present = await putFile(admin, element);
  const ingester = await admin.token('ingester');
  const query = await admin.token('query');
  const register = (file: object) =>
    admin.call('/api/v1/files', { token: ingester, json: { storage_element_id: element.storageId, file } });
  // Первый проход мог успеть внести его раньше.
  assert.ok([200, 201].includes((await register(present)).status));
  const ghost = { ...present, file_id: randomUUID() };
  assert.equal((await register(ghost)).status, 201);

  const alive = await admin.call(`/api/v1/files/${present.file_id}/report-missing`, { method: 'POST', token: query });
  assert.deepEqual([alive.status, alive.body.status], [200, 'active']);
  const dead = await admin.call(`/api/v1/files/${ghost.file_id}/report-missing`, { method: 'POST', token: query });
  assert.deepEqual([dead.status, dead.body.status], [200, 'deleted']);

  await element.stop();
  const down = await admin.call(`/api/v1/files/${present.file_id}/report-missing`, { method: 'POST', token: query });
  assert.deepEqual([down.status, down.body.error.code], [502, 'SE_UNAVAILABLE']);
  assert.equal((await getRow(admin, present.file_id)).body.status, 'active');
  assert.equal(
    (await admin.call(`/api/v1/files/${randomUUID()}/report-missing`, { method: 'POST', token: query })).status,
    404,
  );
});

test('ручной проход: dry_run ничего не меняет, full вносит, второй одновременный отвергается, история хранится', async (t) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h' });
  const element = await startElement(t, { admin });
  await registerElement(admin, element);
  const token = await admin.adminToken();
  const path = `/api/v1/storage-elements/${element.storageId}`;
  const done = async (): Promise<boolean> => {
    const { items } = (await admin.call(`${path}/syncs`, { token })).body;
    return items.length > 0 && items.every((run: { state: string }) => run.state !== 'running');
  };
  await waitUntil('первый проход', done);
  const file = await putFile(admin, element);

  const dry = await admin.call(`${path}/sync`, { token, json: { mode: 'full', dry_run: true } });
  assert.deepEqual([dry.status, dry.body.state, dry.body.mode, dry.body.dry_run], [202, 'running', 'full', true]);
  await waitUntil('пробный проход', done);
  assert.equal((await getRow(admin, file.file_id)).status, 404);
  const [trial] = (await admin.call(`${path}/syncs`, { token })).body.items;
  assert.deepEqual([trial.state, trial.seen, trial.added], ['done', 1, 1]);

  assert.equal((await admin.call(`${path}/sync`, { token, json: {} })).status, 202);
  await waitUntil('проход по ленте', done);
  assert.equal((await getRow(admin, file.file_id)).status, 200);
  const [run] = (await admin.call(`${path}/syncs`, { token })).body.items;
  assert.deepEqual(
    [run.mode, run.trigger, run.state, run.added, run.requested_by],
    ['changes', 'manual', 'done', 1, 'admin'],
  );

  const replies = await Promise.all(
    Array.from({ length: 4 }, () => admin.call(`${path}/sync`, { token, json: { mode: 'full' } })),
  );
  // Проход мал и мог кончиться раньше, чем пришла следующая просьба: тогда и она начата.
  for (const reply of replies) assert.ok(reply.status === 202 || reply.body.error.code === 'SYNC_IN_PROGRESS');
  assert.ok(replies.some((reply) => reply.status === 202));
  await waitUntil('проходы', done);
});

test('остановленный элемент становится offline, вернувшийся — online; с живыми файлами его не отключить', async (t) => {
  const admin = await startAdmin(t, FAST);
  const element = await startElement(t, { admin });
  await registerElement(admin, element);
  const token = await admin.adminToken();
  const path = `/api/v1/storage-elements/${element.storageId}`;
  const status = async (): Promise<string> => (await admin.call(path, { token })).body.status;
  const file = await putFile(admin, element);
  await waitUntil('файл в реестре', async () => (await getRow(admin, file.file_id)).status === 200);
  const refused = await admin.call(path, { method: 'DELETE', token });
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'CONFLICT']);

  await element.stop();
  await waitUntil('offline', async () => (await status()) === 'offline');
  const edit = await admin.call(`/api/v1/files/${file.file_id}`, { method: 'PUT', token, json: { description: 'x' } });
  assert.deepEqual([edit.status, edit.body.error.code], [502, 'SE_UNAVAILABLE']);
  await startElement(t, { admin, dataDir: element.dataDir, port: element.port });
  await waitUntil('online', async () => (await status()) === 'online');

  assert.equal((await admin.call(`/api/v1/files/${file.file_id}`, { method: 'DELETE', token })).status, 204);
  assert.equal((await admin.call(path, { method: 'DELETE', token })).status, 204);
  assert.equal((await admin.call(path, { token })).status, 404);
  const back = await admin.call('/api/v1/storage-elements', { token, json: { name: 'вернулся', url: element.url } });
  assert.equal(back.status, 201, JSON.stringify(back.body));
});
