// Списки, лента, правка, удаление, восстановление и режимы — по TLS, на настоящем диске.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import {
  type Element,
  type ElementFile,
  type ElementInfo,
  type FilePage,
  newId,
  startElement,
} from './start-element.ts';

type ChangePage = components['schemas']['ChangePage'];

const JSON_TYPE = { 'content-type': 'application/json' };
const PERMANENT = { retention_policy: 'permanent', ttl_days: null } as const;

const patch = (element: Element, id: string, body: unknown) =>
  element.call('PATCH', `/api/v1/files/${id}`, {
    headers: JSON_TYPE,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const transition = (element: Element, body: unknown) =>
  element.call('POST', '/api/v1/mode/transition', { headers: JSON_TYPE, body: JSON.stringify(body) });

async function allChanges(element: Element, limit = 1000): Promise<ChangePage['items']> {
  const items: ChangePage['items'] = [];
  for (let after = 0; ; ) {
    const page = (await element.call('GET', `/api/v1/changes?after=${after}&limit=${limit}`)).json<ChangePage>();
    items.push(...page.items);
    after = page.next_after;
    if (!page.has_more) return items;
  }
}

test('списки', async (t) => {
  const element = await startElement(t);
  const ids = Array.from({ length: 25 }, newId).sort();
  await Promise.all(ids.map((id, index) => element.put(id, `файл ${index}`)));
  const list = async (query: string) => (await element.call('GET', `/api/v1/files${query}`)).json<FilePage>();

  await t.test('страница по номеру: точный total, порядок по file_id', async () => {
    const page = await list('?limit=10&offset=20');
    assert.deepEqual(
      page.items.map((file) => file.file_id),
      ids.slice(20),
    );
    assert.deepEqual([page.total, page.limit, page.offset, page.has_more], [25, 10, 20, false]);
    assert.equal((await list('?limit=10')).has_more, true);
    assert.deepEqual((await list('?offset=9007199254740991')).items, []);
  });

  await t.test('обход по ключу видит каждый файл один раз', async () => {
    const seen: string[] = [];
    for (let query = '?limit=7'; ; ) {
      const page = await list(query);
      seen.push(...page.items.map((file) => file.file_id));
      assert.equal(page.total, 25);
      assert.equal(page.has_more, page.next_after !== null);
      if (page.next_after === null) break;
      query = `?limit=7&after=${page.next_after}`;
    }
    assert.deepEqual(seen, ids);
  });

  await t.test('отбор по статусу', async () => {
    await element.call('DELETE', `/api/v1/files/${ids[3]}`);
    assert.equal((await list('?status=active')).total, 24);
    const deleted = await list('?status=deleted');
    assert.deepEqual(
      deleted.items.map((file) => file.file_id),
      [ids[3]],
    );
    assert.equal((await list('?status=corrupted')).total, 0);
  });

  for (const query of [
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1.5',
    'limit=abc',
    'limit=',
    'offset=-1',
    'offset=9007199254740992',
    'offset=1e3',
    'status=unknown',
    'after=1',
    'unknown=1',
    'limit=1&limit=2',
  ]) {
    await t.test(`негодный запрос ?${query} — 400`, async () => {
      const reply = await element.call('GET', `/api/v1/files?${query}`);
      assert.equal(reply.status, 400, reply.bytes.toString());
      assert.equal(reply.code(), 'VALIDATION_ERROR');
    });
  }

  await t.test('offset и after вместе — 400', async () => {
    assert.equal((await element.call('GET', `/api/v1/files?offset=0&after=${ids[0]}`)).code(), 'VALIDATION_ERROR');
  });
});

test('лента, прочитанная с нуля, даёт список файлов', async (t) => {
  const element = await startElement(t);
  const ids = Array.from({ length: 12 }, newId);
  for (const id of ids) await element.put(id, id);
  await patch(element, String(ids[0]), { description: 'правка' });
  await element.call('DELETE', `/api/v1/files/${ids[1]}`);
  const replayed = new Map<string, ElementFile>();
  let last = 0;
  for (const change of await allChanges(element, 5)) {
    assert.ok(change.revision > last, 'revision растёт');
    last = change.revision;
    if (change.type === 'upsert') replayed.set(change.file_id, change.file);
    else replayed.delete(change.file_id);
  }
  const listed = (await element.call('GET', '/api/v1/files?limit=1000')).json<FilePage>().items;
  const ordered = [...replayed.values()].sort((a, b) => (a.file_id < b.file_id ? -1 : 1));
  assert.deepEqual(ordered, listed);
  const info = (await element.call('GET', '/api/v1/info', { token: null })).json<ElementInfo>();
  assert.equal(info.revision, last);
  const beyond = (await element.call('GET', `/api/v1/changes?after=${last + 1000}`)).json<ChangePage>();
  assert.equal(beyond.history_lost, true);
  for (const query of ['after=-1', 'after=9007199254740992', 'after=x', 'limit=0']) {
    assert.equal((await element.call('GET', `/api/v1/changes?${query}`)).code(), 'VALIDATION_ERROR', query);
  }
});

test('правка метаданных', async (t) => {
  const element = await startElement(t);
  const id = newId();
  const before = (await element.put(id, 'тело', { intent: { tags: ['a'], description: 'до' } })).json<ElementFile>();

  await t.test('меняется только названное, version растёт на единицу', async () => {
    const reply = await patch(element, id, { description: 'после', metadata: { а: [1, { б: null }] } });
    assert.equal(reply.status, 200, reply.bytes.toString());
    const after = reply.json<ElementFile>();
    assert.ok(after.revision > before.revision);
    assert.deepEqual(after, {
      ...before,
      description: 'после',
      metadata: { а: [1, { б: null }] },
      version: 2,
      revision: after.revision,
    });
    assert.equal((await element.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), 'тело');
  });

  const BAD: readonly (readonly [title: string, body: unknown])[] = [
    ['пустая правка', {}],
    ['не объект', []],
    ['не JSON', '{'],
    ['пустое тело', ''],
    ['неизвестное поле', { extra: 1 }],
    ['чужое поле status', { status: 'active' }],
    ['size менять нельзя', { size: 0 }],
    ['имя пустое', { original_filename: '' }],
    ['имя — число', { original_filename: 1 }],
    ['NUL в имени', { original_filename: 'a\0' }],
    ['имя длиннее 255 байт', { original_filename: 'Я'.repeat(128) }],
    ['описание длиннее 1000', { description: 'x'.repeat(1001) }],
    ['повтор меток', { tags: ['a', 'a'] }],
    ['метаданные — null', { metadata: null }],
    ['метаданные больше 8 КиБ', { metadata: { a: 'x'.repeat(8200) } }],
    ['__proto__', '{"metadata":{"__proto__":{"a":1}}}'],
  ];
  for (const [title, body] of BAD) {
    await t.test(`${title} — 400, файл прежний`, async () => {
      const reply = await patch(element, id, body);
      assert.equal(reply.code(), 'VALIDATION_ERROR', reply.bytes.toString());
      assert.equal((await element.call('GET', `/api/v1/files/${id}`)).json<ElementFile>().version, 2);
    });
  }

  await t.test('32 одновременных правки не теряют друг друга', async () => {
    const replies = await Promise.all(
      Array.from({ length: 32 }, (_, index) => patch(element, id, { description: `${index}` })),
    );
    const versions = replies.map((reply) => reply.json<ElementFile>().version).sort((a, b) => a - b);
    assert.deepEqual(
      versions,
      Array.from({ length: 32 }, (_, index) => index + 3),
    );
  });

  await t.test('неизвестный файл — 404', async () => {
    assert.equal((await patch(element, newId(), { description: 'x' })).code(), 'FILE_NOT_FOUND');
  });
});

test('удаление и восстановление', async (t) => {
  const element = await startElement(t);
  const id = newId();
  await element.put(id, 'тело');
  const path = `/api/v1/files/${id}`;

  await t.test('удалённый не скачивается, но виден в списке; повтор удаления безвреден', async () => {
    assert.equal((await element.call('DELETE', path)).status, 204);
    assert.equal((await element.call('DELETE', path)).status, 204);
    assert.equal((await element.call('GET', `${path}/download`)).code(), 'FILE_NOT_FOUND');
    const file = (await element.call('GET', path)).json<ElementFile>();
    assert.equal(file.status, 'deleted');
    assert.ok(file.deleted_at);
    assert.equal((await patch(element, id, { description: 'x' })).code(), 'FILE_NOT_FOUND');
    assert.equal((await element.put(id, 'тело')).code(), 'CONFLICT');
  });

  await t.test('восстановленный снова скачивается; восстановить живой нельзя', async () => {
    const restored = await element.call('POST', `${path}/restore`);
    assert.equal(restored.status, 200);
    assert.equal(restored.json<ElementFile>().status, 'active');
    assert.equal(restored.json<ElementFile>().deleted_at, null);
    assert.equal((await element.call('GET', `${path}/download`)).bytes.toString(), 'тело');
    assert.equal((await element.call('POST', `${path}/restore`)).code(), 'CONFLICT');
  });

  await t.test('неизвестный файл — 404 у обоих действий', async () => {
    assert.equal((await element.call('DELETE', `/api/v1/files/${newId()}`)).code(), 'FILE_NOT_FOUND');
    assert.equal((await element.call('POST', `/api/v1/files/${newId()}/restore`)).code(), 'FILE_NOT_FOUND');
  });
});

test('режимы', async (t) => {
  await t.test('edit замкнут: любой переход — INVALID_TRANSITION', async (s) => {
    const element = await startElement(s);
    for (const target_mode of ['edit', 'rw', 'ro', 'ar']) {
      assert.equal(
        (await transition(element, { target_mode, confirm: true })).code(),
        'INVALID_TRANSITION',
        target_mode,
      );
    }
  });

  await t.test('rw → ro → rw только с подтверждением; шаг через один невозможен; назад из ar пути нет', async (s) => {
    const element = await startElement(s, { env: { SE_MODE: 'rw' } });
    assert.equal((await transition(element, { target_mode: 'ar' })).code(), 'INVALID_TRANSITION');
    assert.equal((await transition(element, { target_mode: 'rw' })).code(), 'INVALID_TRANSITION');
    const ro = await transition(element, { target_mode: 'ro' });
    assert.deepEqual([ro.status, ro.json()], [200, { storage_id: element.storageId, mode: 'ro' }]);
    assert.equal((await transition(element, { target_mode: 'rw' })).code(), 'CONFIRMATION_REQUIRED');
    assert.equal((await transition(element, { target_mode: 'rw', confirm: true })).status, 200);
    await transition(element, { target_mode: 'ro' });
    assert.equal((await transition(element, { target_mode: 'ar' })).status, 200);
    for (const target_mode of ['edit', 'rw', 'ro', 'ar']) {
      assert.equal(
        (await transition(element, { target_mode, confirm: true })).code(),
        'INVALID_TRANSITION',
        target_mode,
      );
    }
  });

  await t.test('каждый режим пускает только своё', async (s) => {
    const element = await startElement(s, { env: { SE_MODE: 'rw' } });
    const id = newId();
    await element.put(id, 'тело', { intent: PERMANENT });
    const path = `/api/v1/files/${id}`;
    assert.equal((await element.call('DELETE', path)).code(), 'MODE_NOT_ALLOWED');
    assert.equal((await patch(element, id, { description: 'x' })).status, 200);
    await transition(element, { target_mode: 'ro' });
    assert.equal((await patch(element, id, { description: 'y' })).code(), 'MODE_NOT_ALLOWED');
    assert.equal((await element.call('DELETE', path)).code(), 'MODE_NOT_ALLOWED');
    assert.equal((await element.call('GET', `${path}/download`)).status, 200);
    await transition(element, { target_mode: 'ar' });
    assert.equal((await element.call('GET', `${path}/download`)).code(), 'MODE_NOT_ALLOWED');
    assert.equal((await element.call('HEAD', `${path}/download`)).status, 409);
    assert.equal((await element.call('GET', path)).status, 200);
    assert.equal((await element.call('GET', '/api/v1/files')).json<FilePage>().total, 1);
    const info = (await element.call('GET', '/api/v1/info', { token: null })).json<ElementInfo>();
    assert.deepEqual(info.allowed_operations.toSorted(), ['list', 'metadata']);
  });

  await t.test('негодное тело перехода — 400', async (s) => {
    const element = await startElement(s);
    for (const body of [
      {},
      { target_mode: 'xx' },
      { target_mode: 'ro', confirm: 'true' },
      { target_mode: 'ro', extra: 1 },
      null,
    ]) {
      assert.equal((await transition(element, body)).code(), 'VALIDATION_ERROR', JSON.stringify(body));
    }
  });
});

test('сведения открыты и не говорят лишнего', async (t) => {
  const element = await startElement(t, { env: { SE_MAX_CAPACITY: '100MiB' } });
  await element.put(newId(), Buffer.alloc(100_000));
  const reply = await element.call('GET', '/api/v1/info', { token: null });
  const info = reply.json<ElementInfo>();
  assert.equal(info.storage_id, element.storageId);
  assert.equal(info.status, 'online');
  assert.equal(info.mode, 'edit');
  assert.deepEqual(info.counts, { active: 1, expired: 0, deleted: 0, corrupted: 0, missing: 0 });
  assert.equal(info.capacity.used_bytes, 100_000);
  assert.ok(info.capacity.available_bytes <= 100 * 2 ** 20 - 100_000);
  assert.ok(!reply.bytes.toString().includes(element.dataDir));
});

test('здоровье и метрики', async (t) => {
  const element = await startElement(t);
  await element.put(newId(), Buffer.alloc(1000));
  const live = (await element.call('GET', '/health/live', { token: null })).json<{ status: string; service: string }>();
  assert.deepEqual([live.status, live.service], ['ok', 'storage-element']);
  const ready = (await element.call('GET', '/health/ready', { token: null })).json<{
    status: string;
    checks: Record<string, { status: string }>;
  }>();
  assert.equal(ready.status, 'ok', JSON.stringify(ready));
  assert.deepEqual(Object.keys(ready.checks).sort(), ['catalog', 'clock', 'content', 'keys', 'reads', 'writes']);
  const metrics = (await element.call('GET', '/metrics', { token: null })).bytes.toString();
  for (const line of [
    /^se_received_bytes_total\S* 1000$/m,
    /^se_files\{.*status="active".*\} 1$/m,
    /^se_log_sync_seconds_count/m,
    /^se_mode\{.*mode="edit".*\} 1$/m,
    /^se_capacity_bytes\{.*kind="available"/m,
  ]) {
    assert.match(metrics, line);
  }
});
