// Стенд изнутри: то, чего не видно проверкам чёрного ящика в test/e2e (там запуск, остановка, занятые порты, kill -9).
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { markProcess, openPool, silentLog, startEmbeddedPostgres } from '@artstore/postgres';
import { freePortShift, temporaryDirectory, waitUntil } from '@artstore/testing';
import { type PartName, type StandFile, startStand } from '../index.ts';
import { callPart } from '../src/call-part.ts';

const PARTS: readonly PartName[] = ['admin', 'ingester', 'postgres', 'query', 'se-edit', 'se-rw'];

test('стенд: stand.json полон, каждая убитая часть поднимается сама, переезд портов не теряет элементов', {
  timeout: 180_000,
}, async (t) => {
  const home = path.join(await temporaryDirectory(t), 'мой стенд');
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const options = { home, say, env: process.env, language: 'ru' } as const;
  const stand = await startStand({ ...options, portShift: await freePortShift() });
  t.after(() => stand.stop());
  const onDisk = () => JSON.parse(readFileSync(path.join(home, 'stand.json'), 'utf8')) as StandFile;

  await t.test('в stand.json адреса, центр, вход, учётная запись и процессы с приметами', async () => {
    const file = onDisk();
    assert.equal(statSync(path.join(home, 'stand.json')).mode & 0o777, 0o600);
    assert.equal(file.state, 'ready');
    assert.deepEqual(file.parts.map((part) => part.name).toSorted(), PARTS);
    for (const part of file.parts) assert.equal(markProcess(part.pid)?.startTicks, part.start_ticks, part.name);

    const ca = readFileSync(file.ca_file, 'utf8');
    const infos = Object.values(file.urls.elements).map((url) => callPart({ url: `${url}/api/v1/info`, ca }));
    const modes = (await Promise.all(infos)).map(({ value }) => (value as { mode: string }).mode);
    assert.deepEqual(modes, ['edit', 'rw']);
    await assert.rejects(callPart({ url: `${file.urls.elements['se-rw']}/api/v1/info` }), 'без нашего центра не верят');

    const login = `${file.urls.admin}/api/v1/admin-auth/login`;
    assert.equal((await callPart({ url: login, method: 'POST', body: file.admin })).status, 200);
    const { client_id, client_secret } = file.service_account;
    const body = { grant_type: 'client_credentials', client_id, client_secret };
    assert.equal((await callPart({ url: `${file.urls.admin}/api/v1/auth/token`, method: 'POST', body })).status, 200);
  });

  await t.test('ход запуска показан построчно, о веб-интерфейсе сказано честно', () => {
    for (const name of PARTS) assert.ok(lines.some((line) => new RegExp(`^  ${name} .* с  (готов|создан)`).test(line)));
    assert.ok(lines.some((line) => /веб-интерфейса \(порт 4200\) пока нет/.test(line)));
    assert.match(lines.at(-1) ?? '', /^ArtStore ready/);
  });

  await t.test('убитая часть поднимается сама, и stand.json называет новый процесс', async () => {
    for (const name of PARTS) {
      const before = stand.pid(name);
      stand.kill(name);
      await waitUntil(`${name}: ${lines.join('\n')}`, () =>
        lines.includes(`${name} завершился (сигнал SIGKILL), запускаю снова`),
      );
      await stand.whenReady(name);
      assert.notEqual(stand.pid(name), before);
      await waitUntil('stand.json обновлён', () => onDisk().parts.some((part) => part.pid === stand.pid(name)));
    }
    const { admin, ingester, query } = stand.file().urls;
    for (const url of [admin, ingester, query]) {
      await waitUntil(url, async () => (await callPart({ url: `${url}/health/ready` })).status === 200, 20_000);
    }
  });

  await t.test('части ходят в базу под своими ролями', async () => {
    assert.deepEqual(await whoWorks(stand.file()), ['artstore_admin', 'artstore_query']);
  });

  await t.test('на других портах и с базой прежней единственной роли Admin узнаёт те же элементы', async () => {
    await stand.stop();
    assert.equal(onDisk().state, 'stopped');
    assert.equal(existsSync(path.join(home, 'stand.lock')), false);
    await giveToOldRole(home);
    lines.length = 0;
    const moved = await startStand({ ...options, portShift: await freePortShift() });
    t.after(() => moved.stop());
    assert.ok(!lines.some((line) => line.includes('зарегистрирован')), lines.join('\n'));
    const file = moved.file();
    assert.deepEqual([file.admin, file.service_account], [stand.file().admin, stand.file().service_account]);
    const login = { url: `${file.urls.admin}/api/v1/admin-auth/login`, method: 'POST', body: file.admin } as const;
    const session = (await callPart(login)).value as { access_token: string };
    const list = await callPart({ url: `${file.urls.admin}/api/v1/storage-elements`, token: session.access_token });
    const urls = (list.value as { items: { url: string }[] }).items.map((item) => item.url);
    assert.deepEqual(urls.toSorted(), Object.values(file.urls.elements).toSorted());

    assert.deepEqual(await whoWorks(file), ['artstore_admin', 'artstore_query']);
    const search = {
      url: `${file.urls.query}/api/v1/search`,
      method: 'POST',
      body: {},
      token: session.access_token,
    } as const;
    assert.equal((await callPart(search)).status, 200);
    const owners = await inDatabase(
      file.database_url,
      `select distinct rolname from pg_class join pg_roles on pg_roles.oid = relowner
       where relnamespace in ('public'::regnamespace, 'query'::regnamespace)
       union select rolname from pg_roles where rolname = 'artstore' and rolcanlogin`,
    );
    assert.deepEqual(owners, [{ rolname: 'artstore_admin_owner' }]);
  });
});

/** Роли, под которыми части держат соединения. */
async function whoWorks(file: StandFile): Promise<unknown[]> {
  const seen = new Set<string>();
  await waitUntil(
    'обе части пришли в базу',
    async () => {
      const rows = await inDatabase(
        file.database_url,
        `select usename from pg_stat_activity where application_name in ('artstore-admin', 'artstore-query')`,
      );
      for (const { usename } of rows as { usename: string }[]) seen.add(usename);
      return seen.size >= 2;
    },
    60_000,
  );
  return [...seen].toSorted();
}

/** Возвращает базу остановленного стенда к виду прежних версий: одна роль artstore владеет всем. */
async function giveToOldRole(home: string): Promise<void> {
  const server = await startEmbeddedPostgres({ directory: path.join(home, 'postgres'), log: silentLog });
  try {
    const url = new URL(server.url);
    url.pathname = '/artstore';
    await inDatabase(
      url.href,
      `create role artstore login;
       reassign owned by artstore_admin_owner to artstore;
       drop owned by artstore_admin_owner; drop owned by artstore_admin; drop owned by artstore_query;
       drop role artstore_admin_owner, artstore_admin, artstore_query`,
    );
  } finally {
    await server.stop();
  }
}

async function inDatabase(url: string, sql: string): Promise<unknown[]> {
  const pool = openPool({ url, applicationName: 'stand-tests', connectionsMax: 1, log: silentLog });
  try {
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

test('прерванный на полпути запуск останавливает начатое', { timeout: 60_000 }, async (t) => {
  const home = await temporaryDirectory(t);
  const interrupt = new AbortController();
  const say = (line: string) => {
    if (line.includes('postgres')) setTimeout(() => interrupt.abort(), 100);
  };
  const options = { home, say, env: process.env, signal: interrupt.signal, portShift: await freePortShift() };
  await assert.rejects(startStand(options));
  const file = JSON.parse(readFileSync(path.join(home, 'stand.json'), 'utf8')) as StandFile;
  assert.deepEqual([file.state, file.parts], ['stopped', []]);
  assert.equal(existsSync(path.join(home, 'stand.lock')), false);
});
