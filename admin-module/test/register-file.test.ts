// Запись файлов в реестр: повторы, старые записи, пачки под нагрузкой, негодные данные, список.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import pg from 'pg';
import { startAdmin, type TestAdmin } from './start-admin.ts';

const STORAGE_ID = '0197a3f0-0000-7000-8000-00000000000a';
const OTHER_ID = '0197a3f0-0000-7000-8000-00000000000b';

async function withElements(t: TestContext): Promise<{ admin: TestAdmin; db: pg.Client }> {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' });
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  for (const [index, id] of [STORAGE_ID, OTHER_ID].entries()) {
    await db.query(
      `insert into storage_elements (id, name, url, mode, status, version, epoch, capacity_bytes, used_bytes, available_bytes, revision)
       values ($1, $2, 'https://127.0.0.1:1', 'rw', 'online', '0', 'e', 1000, 0, 1000, 0)`,
      [id, `элемент ${index}`],
    );
  }
  return { admin, db };
}

function fileOf(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    file_id: randomUUID(),
    original_filename: 'Договор №7_скан (копия).pdf',
    content_type: 'application/pdf',
    size: 10,
    checksum: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    uploaded_by: 'demo',
    uploaded_at: '2026-02-21T09:30:00.000Z',
    description: '',
    tags: ['договор', 'с "кавычками", и запятой', '{скобки}'],
    metadata: { department: 'юридический', nested: { a: [1, null, 'б'] } },
    status: 'active',
    retention_policy: 'permanent',
    ttl_days: null,
    expires_at: null,
    deleted_at: null,
    version: 1,
    revision: 5,
    ...change,
  };
}

test('регистрация безопасно повторяется, старая запись не затирает новую', async (t) => {
  const { admin, db } = await withElements(t);
  const token = await admin.token('ingester');
  const register = (file: object, id = STORAGE_ID) =>
    admin.call('/api/v1/files', { token, json: { storage_element_id: id, file } });
  const file = fileOf();
  const first = await register(file);
  assert.equal(first.status, 201, JSON.stringify(first.body));
  const { storage_element_id: _id, registered_at: _at, updated_at: _updated, ...same } = first.body;
  assert.deepEqual(same, file);
  assert.equal((await register(file)).status, 200);
  const newer = await register({ ...file, description: 'новее', version: 2, revision: 6 });
  assert.deepEqual([newer.status, newer.body.description], [200, 'новее']);
  const older = await register(file);
  assert.deepEqual([older.status, older.body.description, older.body.revision], [200, 'новее', 6]);

  const moved = await register(file, OTHER_ID);
  assert.deepEqual([moved.status, moved.body.storage_element_id], [200, STORAGE_ID]);
  const forged = await register({ ...file, checksum: 'a'.repeat(64) }, OTHER_ID);
  assert.deepEqual([forged.status, forged.body.error.code], [409, 'CONFLICT']);
  const unknown = await register(fileOf(), randomUUID());
  assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'NOT_FOUND']);
  const { rows } = await db.query(
    `select action, actor from audit_log where object_type = 'file' and result = 'success'`,
  );
  assert.deepEqual(rows, [{ action: 'file_registered', actor: 'ingester' }]);
  await db.end();
});

test('64 параллельных потока: записано всё, каждый получил своё, негодная запись соседям не мешает', async (t) => {
  const { admin, db } = await withElements(t);
  const token = await admin.token('ingester');
  const shared = fileOf();
  const files = Array.from({ length: 1280 }, (_, index) =>
    fileOf({
      original_filename: `файл ${index}.txt`,
      size: index,
      uploaded_at: new Date(1_700_000_000_000 + index).toISOString(),
    }),
  );
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async (_, worker) => {
      for (let index = worker; index < files.length; index += 64) {
        const file = files[index];
        const reply = await admin.call('/api/v1/files', { token, json: { storage_element_id: STORAGE_ID, file } });
        assert.deepEqual([reply.status, reply.body.file_id, reply.body.size], [201, file?.['file_id'], index]);
      }
      const again = await admin.call('/api/v1/files', {
        token,
        json: { storage_element_id: STORAGE_ID, file: shared },
      });
      assert.ok(again.status === 200 || again.status === 201);
      // NUL отсеивается до базы; нулевой год проходит проверку формы, и отвергает его только база — вместе со всей пачкой.
      for (const change of [{ metadata: { nul: 'a\u0000b' } }, { uploaded_at: '0000-01-01T00:00:00Z' }]) {
        const json = { storage_element_id: STORAGE_ID, file: fileOf(change) };
        const bad = await admin.call('/api/v1/files', { token, json });
        assert.deepEqual([bad.status, bad.body.error.code], [400, 'VALIDATION_ERROR']);
      }
    }),
  );
  t.diagnostic(`${Math.round(files.length / ((performance.now() - startedAt) / 1000))} регистраций в секунду`);
  const { rows } = await db.query(
    `select count(*)::int as rows, count(distinct xmin::text)::int as commits from files`,
  );
  assert.equal(rows[0].rows, 1281);
  t.diagnostic(`${rows[0].commits} фиксаций на ${rows[0].rows} строк`);
  assert.ok(rows[0].commits < 600, 'записи идут пачками');
  await db.end();
});

test('список отдаёт страницы по всем фильтрам, total совпадает с содержимым и после перемен', async (t) => {
  const { admin, db } = await withElements(t);
  const token = await admin.token('ingester');
  const states = ['active', 'expired', 'deleted', 'active', 'missing', 'active'];
  for (const [index, status] of states.entries()) {
    const change = {
      status,
      size: 100,
      uploaded_by: index % 2 === 0 ? 'анна' : 'борис',
      retention_policy: index < 2 ? 'temporary' : 'permanent',
      uploaded_at: `2026-02-21T09:30:0${index}.000Z`,
    };
    const storage_element_id = index === 5 ? OTHER_ID : STORAGE_ID;
    assert.equal(
      (await admin.call('/api/v1/files', { token, json: { storage_element_id, file: fileOf(change) } })).status,
      201,
    );
  }
  const reader = await admin.token('query');
  const list = async (query: string) => (await admin.call(`/api/v1/files?${query}`, { token: reader })).body;
  const all = await list('limit=4');
  assert.deepEqual([all.items.length, all.total, all.has_more, all.limit, all.offset], [4, 6, true, 4, 0]);
  assert.equal(all.items[0].uploaded_at, '2026-02-21T09:30:05.000Z');
  assert.deepEqual([(await list('offset=4')).items.length, (await list('offset=100')).items.length], [2, 0]);
  const totals: [string, number][] = [
    ['status=active', 3],
    ['status=deleted', 1],
    ['retention_policy=temporary', 2],
    [`storage_element_id=${OTHER_ID}`, 1],
    [`uploaded_by=${encodeURIComponent('анна')}`, 3],
    [`status=active&retention_policy=permanent&storage_element_id=${STORAGE_ID}`, 1],
    [`status=active&uploaded_by=${encodeURIComponent('борис')}`, 2],
  ];
  for (const [query, total] of totals) {
    const page = await list(query);
    assert.deepEqual([page.total, page.items.length], [total, total], query);
  }
  await db.query(`update files set status = 'deleted' where status = 'missing'`);
  await db.query(`delete from files where status = 'expired'`);
  assert.deepEqual(
    [(await list('')).total, (await list('status=deleted')).total, (await list('status=missing')).total],
    [5, 2, 0],
  );
  const stats = (await admin.call('/api/v1/stats', { token: await admin.token('full') })).body;
  assert.deepEqual(stats.files.by_status, { active: 3, expired: 0, deleted: 2, corrupted: 0, missing: 0 });
  assert.deepEqual([stats.files.total, stats.files.bytes, stats.storage_elements.total], [5, 300, 2]);
  assert.equal(stats.storage_elements.by_mode.rw, 2);
  await db.end();
});
