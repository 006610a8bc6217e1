// Проход и смерть процесса, две копии модуля, отмена, медленная страница: проход ровно один, и застрять он не может.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { type FakeElement, startFakeElement } from './fake-element.ts';
import { openAdmin, startAdmin, type TestAdmin } from './start-admin.ts';
import { startAdminProcess } from './start-admin-process.ts';

interface Run {
  readonly id: string;
  readonly state: string;
  readonly trigger: string;
  readonly added: number;
  readonly error: { readonly code: string } | null;
}

type Caller = Pick<TestAdmin, 'call' | 'adminToken'>;

const RARELY = { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' };
const WAIT = 60_000;
const FULL = { mode: 'full' };
const isListing = (url: string | undefined): boolean => url?.startsWith('/api/v1/files?') ?? false;

interface Stage {
  readonly admin: TestAdmin;
  readonly element: FakeElement;
  readonly path: string;
}

async function setStage(t: TestContext): Promise<Stage> {
  const admin = await startAdmin(t, RARELY);
  const element = await startFakeElement(t);
  const path = `/api/v1/storage-elements/${element.storageId}`;
  // Элемент без единой строки в реестре новая копия прошла бы заново сама.
  element.put();
  const token = await admin.adminToken();
  await admin.call('/api/v1/storage-elements', { token, json: { name: 'тот самый', url: element.url } });
  await waitUntil('первый проход', async () => (await runsOf(admin, path, token))[0]?.state === 'done', WAIT);
  return { admin, element, path };
}

async function runsOf({ call }: Pick<Caller, 'call'>, path: string, token: string): Promise<Run[]> {
  return (await call(`${path}/syncs`, { token })).body.items;
}

/** Элемент принимает просьбы о страницах и молчит; отвечает, сколько их ждёт. */
function holdPages(element: FakeElement, isHeld: (url: string) => boolean = isListing): () => number {
  let held = 0;
  element.intercept = ({ url = '' }) => {
    if (!isHeld(url)) return false;
    held += 1;
    return true;
  };
  return () => held;
}

test('модуль убит посреди прохода: следующий запуск закрывает проход и начинает заново, элемент не занят навсегда', async (t) => {
  const { admin, element, path } = await setStage(t);
  await admin.stop();
  const asked = (): number => element.requests.filter((request) => request.endsWith('/changes')).length;
  const before = asked();
  const doomed = await startAdminProcess(t, admin.env);
  await waitUntil('лента прочитана при запуске', () => asked() > before, WAIT);
  // Две страницы: первая внесена, на второй процесс гибнет.
  for (let index = 0; index < 1200; index += 1) element.put();
  const held = holdPages(element, (url) => isListing(url) && url.includes('after='));
  const token = await doomed.adminToken();
  const started = await doomed.call(`${path}/sync`, { token, json: FULL });
  assert.equal(started.status, 202, JSON.stringify(started.body));
  await waitUntil('вторая страница ждёт', () => held() > 0, WAIT);
  process.kill(doomed.pid, 'SIGKILL');
  await doomed.ended;

  element.intercept = undefined;
  const next = await openAdmin(t, { ...admin.env, AM_CHANGES_INTERVAL: '500ms' });
  const again = await next.adminToken();
  let runs: Run[] = [];
  await waitUntil(
    'проход начат заново и закончен',
    async () => {
      runs = await runsOf(next, path, again);
      return runs[0]?.state === 'done' && runs[0].trigger === 'manual' && runs[0].id !== started.body.id;
    },
    WAIT,
  );
  const broken = runs.find(({ id }) => id === started.body.id);
  assert.deepEqual([broken?.state, broken?.error?.code], ['failed', 'INTERRUPTED']);
  const listed = await next.call('/api/v1/files?status=active&limit=1', { token: again });
  assert.equal(listed.body.total, 1201);
  assert.equal((await next.call(`${path}/sync`, { token: again, json: FULL })).status, 202);
});

test('две копии модуля просят разом: проход начинает одна, другой — 409; отмена через чужую копию прерывает и зависший', async (t) => {
  const { admin, element, path } = await setStage(t);
  const second = await openAdmin(t, admin.env);
  const token = await admin.adminToken();
  const copies = [admin, second];
  for (let round = 0; round < 2; round += 1) {
    const held = holdPages(element);
    const replies = await Promise.all(copies.map(({ call }) => call(`${path}/sync`, { token, json: FULL })));
    const winner = replies.findIndex(({ status }) => status === 202);
    assert.ok(winner >= 0, JSON.stringify(replies.map(({ body }) => body)));
    const loser = replies[1 - winner];
    assert.deepEqual([loser?.status, loser?.body.error?.code], [409, 'SYNC_IN_PROGRESS']);
    await waitUntil('страница ждёт', () => held() > 0, WAIT);
    const cancel = `${path}/syncs/${replies[winner]?.body.id}/cancel`;
    // Просит та копия, которая прохода не ведёт.
    assert.equal((await copies[1 - winner]?.call(cancel, { method: 'POST', token }))?.status, 202);
    await waitUntil('проход прерван', async () => (await runsOf(admin, path, token))[0]?.state === 'cancelled', WAIT);
    assert.equal(held(), 1, 'страницу просили один раз');
    assert.equal((await runsOf(admin, path, token)).length, round + 2);
  }
  element.intercept = undefined;
  element.put();
  assert.equal((await second.call(`${path}/sync`, { token, json: FULL })).status, 202);
  await waitUntil('проход закончен', async () => (await runsOf(admin, path, token))[0]?.state === 'done', WAIT);
  assert.equal((await runsOf(admin, path, token))[0]?.added, 1);
});

/** Сколько секунд едет страница: дольше минуты — переменной SLOW_PAGE_SECONDS. */
const SLOW_PAGE_SECONDS = Number(process.env['SLOW_PAGE_SECONDS'] ?? 2);

test('страница, которая едет медленно, но не замолкает, дочитывается', async (t) => {
  const { admin, element, path } = await setStage(t);
  const token = await admin.adminToken();
  const file = element.put({ description: 'я'.repeat(1000) });
  element.intercept = ({ url }, response) => {
    if (!isListing(url)) return false;
    const page = { items: [file], total: 1, limit: 1000, offset: 0, has_more: false, next_after: null };
    const bytes = Buffer.from(JSON.stringify(page));
    response.writeHead(200, { 'content-type': 'application/json', 'artstore-storage-id': element.storageId });
    void drip(bytes, async (part) => {
      if (!response.write(part)) await once(response, 'drain');
    }).then(() => response.end());
    return true;
  };
  assert.equal((await admin.call(`${path}/sync`, { token, json: FULL })).status, 202);
  await waitUntil(
    'проход закончен',
    async () => (await runsOf(admin, path, token))[0]?.state !== 'running',
    WAIT + SLOW_PAGE_SECONDS * 2000,
  );
  const [run] = await runsOf(admin, path, token);
  assert.deepEqual([run?.state, run?.added, run?.error], ['done', 1, null]);
});

const PARTS = 20;

async function drip(bytes: Buffer, write: (part: Buffer) => Promise<void>): Promise<void> {
  const size = Math.ceil(bytes.length / PARTS);
  for (let from = 0; from < bytes.length; from += size) {
    await write(bytes.subarray(from, from + size));
    await sleep((SLOW_PAGE_SECONDS * 1000) / PARTS);
  }
}
