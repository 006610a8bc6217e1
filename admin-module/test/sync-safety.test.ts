// Синхронизация не теряет файлов: чужой ответ, 404 от прокси, потеря истории, новая эпоха, обратимость пометок.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { type FakeElement, type FakeFile, startFakeElement } from './fake-element.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';

interface Stage {
  readonly admin: TestAdmin;
  readonly element: FakeElement;
  /** Ручной проход до конца. */
  sync(mode: 'changes' | 'full'): Promise<Record<string, unknown>>;
  status(fileId: string): Promise<string | undefined>;
}

async function setStage(t: TestContext): Promise<Stage> {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' });
  const element = await startFakeElement(t);
  const token = await admin.adminToken();
  const path = `/api/v1/storage-elements/${element.storageId}`;
  async function settled(): Promise<Record<string, unknown>[]> {
    const list = async () => (await admin.call(`${path}/syncs`, { token })).body.items as Record<string, unknown>[];
    await waitUntil('проход закончен', async () => {
      const items = await list();
      return items.length > 0 && items.every((run) => run['state'] !== 'running');
    });
    return await list();
  }
  const reply = await admin.call('/api/v1/storage-elements', { token, json: { name: 'тот самый', url: element.url } });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  await settled();
  return {
    admin,
    element,
    async sync(mode) {
      // Ответ 202 приходит раньше конца, а прошлый проход мог ещё отпускать замок.
      await waitUntil(
        'проход начат',
        async () => (await admin.call(`${path}/sync`, { token, json: { mode } })).status === 202,
      );
      const [run] = await settled();
      return run ?? {};
    },
    async status(fileId) {
      return (await admin.call(`/api/v1/files/${fileId}`, { token })).body.status;
    },
  };
}

test('удаление из ленты применяется после именного 404; то, что на месте, остаётся живым', async (t) => {
  const { element, sync, status } = await setStage(t);
  const [gone, kept] = [element.put(), element.put()];
  assert.deepEqual((await sync('changes'))['added'], 2);
  element.purge(gone.file_id);
  element.announceRemoval(kept.file_id);
  const run = await sync('changes');
  assert.deepEqual([run['state'], run['marked_deleted']], ['done', 1]);
  assert.deepEqual([await status(gone.file_id), await status(kept.file_id)], ['deleted', 'active']);
});

test('404 от прокси, 404 о другом файле и 500 не помечают ничего, и лента с этого места повторяется', async (t) => {
  const { element, sync, status } = await setStage(t);
  const file = element.put();
  await sync('changes');
  element.purge(file.file_id);
  const isFile = (url: string | undefined): boolean => url?.startsWith('/api/v1/files/') ?? false;
  const lies: NonNullable<FakeElement['intercept']>[] = [
    (request, response) =>
      isFile(request.url) && Boolean(response.writeHead(404, { 'content-type': 'text/html' }).end('nginx')),
    (request, response) =>
      isFile(request.url) &&
      Boolean(
        response.writeHead(404, { 'content-type': 'application/json', 'artstore-storage-id': element.storageId }).end(
          JSON.stringify({
            error: { code: 'FILE_NOT_FOUND', message: '', file_id: element.storageId, storage_id: element.storageId },
          }),
        ),
      ),
    (request, response) => isFile(request.url) && Boolean(response.writeHead(500).end()),
    (request, response) => isFile(request.url) && Boolean(response.destroy()),
  ];
  for (const lie of lies) {
    element.intercept = lie;
    const run = await sync('changes');
    assert.deepEqual([run['state'], (run['error'] as { code: string }).code], ['failed', 'SE_UNAVAILABLE']);
    assert.equal(await status(file.file_id), 'active');
  }
  element.intercept = undefined;
  assert.equal((await sync('changes'))['marked_deleted'], 1);
  assert.equal(await status(file.file_id), 'deleted');
});

test('отвечает другой элемент: проход останавливается, ничего не внесено и не помечено', async (t) => {
  const { element, sync, status } = await setStage(t);
  const file = element.put();
  await sync('changes');
  element.answersAs = '0197a3f0-0000-7000-8000-0000000000ff';
  element.purge(file.file_id);
  const alien = element.put();
  for (const mode of ['changes', 'full'] as const) {
    const run = await sync(mode);
    assert.deepEqual([run['state'], (run['error'] as { code: string }).code], ['failed', 'SE_UNAVAILABLE'], mode);
  }
  assert.equal(await status(file.file_id), 'active');
  assert.equal(await status(alien.file_id), undefined);
});

test('исчезнувший из перечня файл остаётся живым: отсутствие ничего не значит', async (t) => {
  const { element, sync, status } = await setStage(t);
  const files = Array.from({ length: 20 }, () => element.put());
  await sync('full');
  for (const file of files) element.lose(file.file_id);
  const run = await sync('full');
  assert.deepEqual([run['state'], run['seen'], run['marked_deleted']], ['done', 0, 0]);
  for (const file of files) assert.equal(await status(file.file_id), 'active');
});

test('новая эпоха и утраченная история переходят в полный проход; записи новой эпохи принимаются и с меньшей revision', async (t) => {
  const { element, sync, admin } = await setStage(t);
  for (let index = 0; index < 5; index += 1) element.put();
  const file = element.put({ description: 'до' });
  await sync('changes');
  element.epoch = 'e-2';
  element.files.set(file.file_id, { ...file, description: 'после', revision: 1 });
  const afterEpoch = await sync('changes');
  assert.deepEqual([afterEpoch['state'], afterEpoch['seen']], ['done', 6]);
  const token = await admin.adminToken();
  const row = async () => (await admin.call(`/api/v1/files/${file.file_id}`, { token })).body;
  assert.deepEqual([(await row()).description, (await row()).revision], ['после', 1]);
  const again = await sync('full');
  assert.deepEqual([again['updated'], again['unchanged']], [0, 6]);

  element.historyLost = true;
  element.files.set(file.file_id, { ...file, description: 'потом', revision: 50 });
  const afterLoss = await sync('changes');
  assert.deepEqual([afterLoss['state'], afterLoss['updated']], ['done', 1]);
  assert.equal((await row()).description, 'потом');
});

test('лента, читаемая с нуля, возвращает элементу history_from первой страницы', async (t) => {
  const { element, sync } = await setStage(t);
  for (let index = 0; index < 1001; index += 1) element.put();
  element.historyFrom = 7;
  const asked: (string | null)[] = [];
  element.intercept = (request) => {
    const url = new URL(request.url ?? '/', element.url);
    if (url.pathname === '/api/v1/changes') asked.push(url.searchParams.get('history_from'));
    if (asked.length > 1) element.historyFrom = 500;
    return false;
  };
  const run = await sync('changes');
  assert.deepEqual([run['state'], run['added'], run['mode']], ['done', 1001, 'changes']);
  assert.deepEqual(asked, [null, '7']);
});

test('пометка обратима: проход, увидевший файл, возвращает его; неизменное не переписывается', async (t) => {
  const { admin, element, sync, status } = await setStage(t);
  const file = element.put();
  await sync('changes');
  element.lose(file.file_id);
  const query = await admin.token('query');
  await admin.call(`/api/v1/files/${file.file_id}/report-missing`, { method: 'POST', token: query });
  assert.equal(await status(file.file_id), 'deleted');
  element.files.set(file.file_id, file);
  assert.equal((await sync('full'))['updated'], 1);
  assert.equal(await status(file.file_id), 'active');
  const still = await sync('full');
  assert.deepEqual([still['updated'], still['unchanged']], [0, 1]);
});

test('негодная запись — одна строка в истории, а не оборванный проход; файл другого элемента не перехватывается', async (t) => {
  const { admin, element, sync, status } = await setStage(t);
  element.files.set('00000000-0000-4000-8000-000000000001', {
    file_id: '00000000-0000-4000-8000-000000000001',
    revision: 1,
  });
  const nul = element.put({ description: 'a\u0000b' });
  const good = element.put();
  const run = await sync('full');
  assert.deepEqual([run['state'], run['added']], ['done', 1]);
  assert.equal((run['error'] as { code: string }).code, 'UNREADABLE_FILE');
  assert.equal(await status(good.file_id), 'active');
  assert.equal(await status(nul.file_id), undefined);

  const second = await startFakeElement(t);
  second.files.set(good.file_id, { ...good, revision: 1000 });
  const token = await admin.adminToken();
  await admin.call('/api/v1/storage-elements', { token, json: { name: 'второй', url: second.url } });
  const path = `/api/v1/storage-elements/${second.storageId}/syncs`;
  await waitUntil('проход второго', async () => (await admin.call(path, { token })).body.items[0]?.state === 'done');
  assert.equal((await admin.call(path, { token })).body.items[0].conflicts, 1);
  assert.equal(
    (await admin.call(`/api/v1/files/${good.file_id}`, { token })).body.storage_element_id,
    element.storageId,
  );
});

test('страницы не по ключу и бесконечный перечень останавливают проход; отмена прерывает проход', async (t) => {
  const { admin, element, sync } = await setStage(t);
  for (let index = 0; index < 3; index += 1) element.put();
  const pages = (page: () => { items: FakeFile[]; after: string | null }): NonNullable<FakeElement['intercept']> => {
    return (request, response) => {
      if (request.url?.startsWith('/api/v1/files?') !== true) return false;
      const { items, after } = page();
      const body = { items, total: 3, limit: 1000, offset: 0, has_more: true, next_after: after };
      const headers = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
      setTimeout(() => response.writeHead(200, headers).end(JSON.stringify(body)), 20);
      return true;
    };
  };
  const sorted = [...element.files.values()].toSorted((a, b) => (a.file_id < b.file_id ? -1 : 1));
  const last = sorted.at(-1)?.file_id ?? null;
  for (const page of [
    { items: sorted.toReversed(), after: null },
    { items: sorted, after: last },
    { items: [], after: '00000000-0000-4000-8000-000000000000' },
  ]) {
    element.intercept = pages(() => page);
    assert.equal((await sync('full'))['state'], 'failed');
  }

  let number = 0;
  element.intercept = pages(() => {
    number += 1;
    const fileId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    return { items: [{ ...sorted[0], file_id: fileId, revision: number }], after: fileId };
  });
  const token = await admin.adminToken();
  const path = `/api/v1/storage-elements/${element.storageId}`;
  const started = await admin.call(`${path}/sync`, { token, json: { mode: 'full' } });
  assert.equal(started.status, 202);
  const cancelled = await admin.call(`${path}/syncs/${started.body.id}/cancel`, { method: 'POST', token });
  assert.equal(cancelled.status, 202, JSON.stringify(cancelled.body));
  await waitUntil(
    'проход прерван',
    async () => (await admin.call(`${path}/syncs`, { token })).body.items[0].state === 'cancelled',
  );
  const late = await admin.call(`${path}/syncs/${started.body.id}/cancel`, { method: 'POST', token });
  assert.deepEqual([late.status, late.body.error.code], [409, 'CONFLICT']);
});
