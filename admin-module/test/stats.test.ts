// Сводка для приборной доски и счёт списка по загрузившему: числа верны, а таблица файлов ради них не пересчитывается.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { waitUntil } from '@artstore/testing';
import pg from 'pg';
import { foldFileCounters } from '../src/registry/file-counters-table.ts';
import { listFiles } from '../src/registry/files-table.ts';
import { readStats } from '../src/stats/stats-table.ts';
import { cleanUp } from './clean-up.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';

const ELEMENTS = ['0197a3f0-0000-7000-8000-00000000000a', '0197a3f0-0000-7000-8000-00000000000b'] as const;
const RULES = { keyAgeMaxMs: 24 * 60 * 60_000 };

interface Lab {
  readonly admin: TestAdmin;
  readonly db: pg.Client;
  stats(): Promise<Awaited<ReturnType<typeof readStats>>>;
}

async function openLab(t: TestContext): Promise<Lab> {
  const admin = await startAdmin(t, {
    AM_CHANGES_INTERVAL: '1h',
    AM_WATCH_INTERVAL: '1h',
    AM_SYNC_INTERVAL: '0',
    AM_KEY_MAX_AGE: '10d',
  });
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  cleanUp(t, () => db.end());
  for (const [index, mode] of (['rw', 'ar'] as const).entries()) {
    await db.query(
      `insert into storage_elements (id, name, url, mode, status, version, epoch, capacity_bytes, used_bytes, available_bytes, revision)
       values ($1, $2, 'https://127.0.0.1:1', $3, 'online', '0', 'e', 1000, $4, 900, 0)`,
      [ELEMENTS[index], `элемент ${index}`, mode, 100 * (index + 1)],
    );
  }
  const token = await admin.token('full');
  return {
    admin,
    db,
    async stats() {
      const reply = await admin.call('/api/v1/stats', { token });
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      return reply.body;
    },
  };
}

async function addFiles(db: pg.Client, count: number, by = 'demo'): Promise<void> {
  await db.query(
    `insert into files (file_id, storage_element_id, original_filename, content_type, size, checksum, uploaded_by,
       uploaded_at, description, tags, metadata, status, retention_policy, version, revision)
     select gen_random_uuid(), $1, 'файл ' || n, 'text/plain', 10, 'c', $3,
       now() - n * interval '1 second', '', '{}', '{}', 'active', 'permanent', 1, n
     from generate_series(1, $2::int) as n`,
    [ELEMENTS[0], count, by],
  );
}

/** Сворачивает всё; часть могла взять фоновая свёртка самого модуля. */
async function foldAll(db: pg.Client): Promise<void> {
  await waitUntil(
    'разности свёрнуты',
    async () => {
      await foldFileCounters(db, 1_000);
      const { rows } = await db.query<{ rest: boolean }>('select exists (select from file_counter_deltas) as rest');
      return rows[0]?.rest === false;
    },
    60_000,
  );
}

test('рост за сутки и неделю верен до свёртки и после неё, удаление и очистка его убавляют', async (t) => {
  const { db, stats } = await openLab(t);
  const growth = async () => {
    const { last_day: day, last_week: week } = (await stats()).files.growth;
    return [day.files, day.bytes, week.files, week.bytes];
  };
  assert.deepEqual(await growth(), [0, 0, 0, 0]);
  await addFiles(db, 3_000);
  assert.deepEqual(await growth(), [3_000, 30_000, 3_000, 30_000]);
  await foldAll(db);
  assert.deepEqual(await growth(), [3_000, 30_000, 3_000, 30_000]);

  await db.query(`update file_growth_hours set hour = hour - interval '3 days'`);
  await db.query(`update files set status = 'deleted', deleted_at = now() where revision <= 100`);
  assert.deepEqual(await growth(), [-100, -1_000, 2_900, 29_000]);

  // Свёртка опоздала на три дня: убыль остаётся в своём часе. Одной транзакцией, чтобы фоновая свёртка не успела раньше.
  await foldAll(db);
  await db.query('begin');
  await db.query(`update files set status = 'deleted', deleted_at = now() where revision <= 300 and status = 'active'`);
  await db.query(`update file_counter_deltas set at = at - interval '3 days'`);
  await db.query('commit');
  await foldAll(db);
  assert.deepEqual(await growth(), [-100, -1_000, 2_700, 27_000]);

  await db.query(`update file_growth_hours set hour = hour - interval '8 days'`);
  assert.deepEqual(await growth(), [0, 0, 0, 0]);

  await db.query('begin');
  await addFiles(db, 5);
  await db.query('truncate files');
  await db.query('commit');
  assert.deepEqual(await growth(), [-2_700, -27_000, -2_700, -27_000], 'несвёрнутое ушло без следа, свёрнутое — убыль');
});

test('сводка называет ёмкость по режимам, отставание, неудачные входы и близкие сроки', async (t) => {
  const { admin, db, stats } = await openLab(t);
  const fresh = await stats();
  assert.deepEqual(fresh.storage_elements.capacity_by_mode.ar, {
    capacity_bytes: 1000,
    used_bytes: 200,
    available_bytes: 900,
  });
  assert.equal(fresh.storage_elements.capacity_by_mode.rw.used_bytes, 100);
  assert.equal(fresh.storage_elements.capacity_by_mode.edit.capacity_bytes, 0);
  assert.deepEqual(
    [fresh.syncs.never_synced, fresh.syncs.last_sync_age_seconds, fresh.syncs.oldest_sync_age_seconds],
    [2, null, null],
  );
  assert.equal(fresh.expiring.service_account_secrets.next_at, null);

  await db.query(
    `update storage_elements set last_sync_at = now() - interval '5 days',
    certificate_expires_at = now() - interval '1 day' where id = $1`,
    [ELEMENTS[0]],
  );
  await db.query(
    `update storage_elements set last_sync_at = now() + interval '1 hour',
    certificate_expires_at = now() + interval '20 days' where id = $1`,
    [ELEMENTS[1]],
  );
  await db.query(`update service_accounts set secret_expires_at = now() + interval '3 days' where name = 'demo'`);
  for (const username of ['admin', 'нет-такого', 'admin']) {
    const json = { username, password: 'неверный-пароль-человека' };
    assert.equal((await admin.call('/api/v1/admin-auth/login', { json })).status, 401);
  }
  const later = await stats();
  assert.equal(later.admin_users.failed_logins_last_day, 3);
  assert.deepEqual([later.syncs.never_synced, later.syncs.last_sync_age_seconds], [0, 0]);
  const oldest = later.syncs.oldest_sync_age_seconds ?? 0;
  assert.ok(oldest >= 432_000 && oldest < 440_000, String(oldest));
  const counts = ({ expired, within_7d, within_30d }: (typeof later)['expiring']['signing_keys']) => [
    expired,
    within_7d,
    within_30d,
  ];
  assert.deepEqual(counts(later.expiring.element_certificates), [1, 0, 1]);
  assert.deepEqual(counts(later.expiring.service_account_secrets), [0, 1, 1]);
  assert.deepEqual(counts(later.expiring.signing_keys), [0, 0, 1], 'ключ сменится через 10 дней');
  const soonest = Date.parse(later.expiring.element_certificates.next_at ?? '');
  assert.ok(soonest > Date.now(), 'вышедший срок ближайшим не назван');

  await db.query(`update login_failure_hours set hour = hour - interval '26 hours'`);
  assert.equal((await stats()).admin_users.failed_logins_last_day, 0);
});

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Та же база, но запоминает, о чём её спрашивали. */
function listenTo(db: pg.Client): { heard: pg.Client; asked: Asked[] } {
  const asked: Asked[] = [];
  const heard = new Proxy(db, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name);
      return (text: string, values: unknown[] = []) => {
        asked.push({ text, values });
        return target.query(text, values);
      };
    },
  });
  return { heard, asked };
}

async function tablesOf(db: pg.Client, { text, values }: Asked): Promise<string[]> {
  const { rows } = await db.query(`explain (format json) ${text}`, [...values]);
  return [...JSON.stringify(rows[0]).matchAll(/"Relation Name":"([^"]+)"/g)].map((found) => found[1] ?? '');
}

test('сводка стоит постоянного числа запросов, и ни один не читает таблицу файлов', async (t) => {
  const { db } = await openLab(t);
  const count = async () => {
    const { heard, asked } = listenTo(db);
    await readStats(heard, RULES);
    return asked;
  };
  const empty = await count();
  await addFiles(db, 3_000);
  await db.query('analyze');
  const full = await count();
  assert.deepEqual([empty.length, full.length], [7, 7]);
  const tables: string[] = [];
  for (const asked of full) tables.push(...(await tablesOf(db, asked)));
  assert.ok(tables.includes('file_counters') && tables.includes('file_growth_hours'), tables.join(' '));
  assert.ok(!tables.includes('files') && !tables.includes('audit_log'), tables.join(' '));

  const listed = listenTo(db);
  await listFiles(listed.heard, { status: 'active' }, { limit: 10, offset: 0 });
  const [, counting] = listed.asked;
  assert.ok(counting !== undefined && !(await tablesOf(db, counting)).includes('files'), 'total — из счётчиков');
});

test('total по загрузившему точен до предела, дальше назван нижней границей, а has_more верен всегда', async (t) => {
  const { admin, db } = await openLab(t);
  await addFiles(db, 10_050);
  await addFiles(db, 7, 'анна');
  const reader = await admin.token('query');
  const list = async (query: string) => {
    const { status, body } = await admin.call(`/api/v1/files?${query}`, { token: reader });
    assert.equal(status, 200, JSON.stringify(body));
    return [body.items.length, body.total, body.total_is_estimate, body.has_more];
  };
  assert.deepEqual(await list(`uploaded_by=${encodeURIComponent('анна')}`), [7, 7, false, false]);
  assert.deepEqual(await list('uploaded_by=demo&limit=10'), [10, 10_001, true, true]);
  assert.deepEqual(await list('uploaded_by=demo&limit=10&offset=10030'), [10, 10_041, true, true]);
  assert.deepEqual(await list('uploaded_by=demo&limit=10&offset=10040'), [10, 10_050, false, false]);
  assert.deepEqual(await list('uploaded_by=demo&limit=10&offset=20000'), [0, 10_050, false, false]);
  assert.deepEqual(await list('limit=10'), [10, 10_057, false, true]);
});

test('страница редких файлов находится по указателю, а не обходом таблицы', async (t) => {
  const { db } = await openLab(t);
  await addFiles(db, 20_000);
  // Редкие и притом самые старые: обход общего порядка дошёл бы до них последним.
  await db.query(`update files set retention_policy = 'temporary' where revision <= 19990`);
  await db.query('update files set storage_element_id = $1 where revision > 19995', [ELEMENTS[1]]);
  await db.query('vacuum analyze files');
  for (const [filter, found] of [
    [{ retentionPolicy: 'permanent' }, 10],
    [{ storageElementId: ELEMENTS[1] }, 5],
  ] as const) {
    const blocksOf = async (): Promise<number> => {
      await db.query('select pg_stat_force_next_flush()');
      const { rows } = await db.query<{ blocks: string }>(
        `select heap_blks_read + heap_blks_hit as blocks from pg_statio_user_tables where relname = 'files'`,
      );
      return Number(rows[0]?.blocks);
    };
    const before = await blocksOf();
    const { items } = await listFiles(db, filter, { limit: 100, offset: 0 });
    assert.equal(items.length, found);
    const read = (await blocksOf()) - before;
    assert.ok(read < 100, `${JSON.stringify(filter)}: прочитано страниц ${read}`);
  }
});
