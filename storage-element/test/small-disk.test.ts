// Настоящий диск на 16 МиБ под элементом, работающим по HTTP: место кончается, возвращается, становится только для чтения.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFaultRoom } from './faults/fault-room.ts';
import { createLoopDisk } from './faults/loop-disk.ts';
import { type Element, type ElementInfo, newId, startElement, temporaryDir } from './start-element.ts';

const MIB = 1 << 20;
const JSON_TYPE = { 'content-type': 'application/json' };

interface Ready {
  readonly status: string;
  readonly checks: Record<string, { status: string; message?: string }>;
}

async function ready(element: Pick<Element, 'call'>): Promise<{ code: number } & Ready> {
  const reply = await element.call('GET', '/health/ready', { token: null });
  return { code: reply.status, ...reply.json<Ready>() };
}

async function info(element: Pick<Element, 'call'>): Promise<ElementInfo> {
  return (await element.call('GET', '/api/v1/info', { token: null })).json<ElementInfo>();
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await done()) return;
    await sleep(100);
  }
  assert.fail(`не дождались: ${what}`);
}

test('диск на 16 МиБ: загрузкам 507, чтение и правки идут, место вернулось — снова принимает', async (t) => {
  const dir = await temporaryDir(t);
  const disk = createLoopDisk(t, dir, { type: 'ext4', bytes: 16 * MIB, formatting: ['-m', '0'] });
  if (disk === undefined) return;
  const dataDir = join(disk.path, 'data');
  const element = await startElement(t, { env: { SE_DATA_DIR: dataDir, SE_BALLAST: '', SE_LOG_LEVEL: 'fatal' } });
  const ballast = join(dataDir, 'ballast');
  await until('балласт заведён', async () => existsSync(ballast));
  const ballastBytes = statSync(ballast).size;
  assert.ok(ballastBytes >= 256 << 10 && ballastBytes <= MIB, String(ballastBytes));
  assert.deepEqual([(await info(element)).status, (await ready(element)).status], ['online', 'ok']);

  const stored = new Map<string, Buffer>();
  const removed = new Set<string>();
  await t.test('одновременные загрузки не обещают одно место дважды: каждая принятая цела, остальным 507', async () => {
    const replies = await Promise.all(
      Array.from({ length: 24 }, async () => {
        const [id, bytes] = [newId(), randomBytes(MIB)];
        return { id, bytes, reply: await element.put(id, bytes) };
      }),
    );
    for (const { id, bytes, reply } of replies) {
      assert.ok([201, 507].includes(reply.status), `${reply.status} ${reply.bytes.toString()}`);
      if (reply.status === 201) stored.set(id, bytes);
      else assert.equal(reply.code(), 'STORAGE_FULL');
    }
    assert.ok(stored.size >= 4 && stored.size < 16, `принято ${stored.size}`);
    const { bavail, bsize } = statfsSync(disk.path);
    assert.ok(bavail * bsize >= 512 << 10, `запас съеден: свободно ${bavail * bsize}`);
    assert.deepEqual(readdirSync(join(dataDir, 'staging')).length <= stored.size, true);
  });
  const [[firstId, firstBytes] = ['', Buffer.alloc(0)], [secondId] = ['']] = [...stored];

  await t.test('диск забит посторонним до последнего байта: запись — degraded, готовность — 200', async () => {
    fillDisk(join(disk.path, 'чужое'));
    await until('degraded', async () => (await ready(element)).checks['writes']?.status === 'degraded');
    const { code, status, checks } = await ready(element);
    assert.deepEqual([code, status, checks['reads']?.status, checks['keys']?.status], [200, 'degraded', 'ok', 'ok']);
    assert.equal((await info(element)).status, 'degraded');
    const refused = await element.put(newId(), randomBytes(1000));
    assert.deepEqual([refused.status, refused.code()], [507, 'STORAGE_FULL']);
  });

  await t.test(
    'полный диск: чтение, списки, правки, удаление и восстановление работают — за счёт балласта',
    async (s) => {
      // Много больше, чем вмещает балласт: указатель обязан сворачивать свой журнал, а не умирать от нехватки места.
      let edited = 0;
      for (let round = 0; round < 300; round += 1) {
        const body = JSON.stringify({ description: `правка ${round} ${'я'.repeat(900)}` });
        const patched = await element.call('PATCH', `/api/v1/files/${firstId}`, { body, headers: JSON_TYPE });
        assert.ok([200, 507].includes(patched.status), `правка ${round}: ${patched.bytes.toString()}`);
        if (patched.status === 200) edited += 1;
      }
      s.diagnostic(`правок на полном диске: ${edited}`);
      assert.ok(edited >= 5);
      assert.ok(!existsSync(ballast));
      assert.equal((await element.call('DELETE', `/api/v1/files/${firstId}`)).status, 204);
      const restored = await element.call('POST', `/api/v1/files/${firstId}/restore`);
      assert.ok([200, 507].includes(restored.status), restored.bytes.toString());
      if (restored.status === 507) removed.add(firstId);
      else assert.ok((await element.call('GET', `/api/v1/files/${firstId}/download`)).bytes.equals(firstBytes));
      assert.equal((await element.call('GET', '/api/v1/files')).json<{ total: number }>().total, stored.size);
      assert.equal((await element.call('GET', '/metrics', { token: null })).status, 200);
      assert.equal((await element.call('DELETE', `/api/v1/files/${secondId}`)).status, 204);
      removed.add(secondId);
      assert.equal((await element.put(newId(), randomBytes(1000))).status, 507);
    },
  );

  await t.test('место вернулось: балласт заведён снова, загрузки приняты, всё прежнее цело', async () => {
    rmSync(join(disk.path, 'чужое'));
    // Загрузками занято всё, кроме отложенного: место освобождает и удаление старого балласта, и посторонний файл.
    await until('балласт вернулся', async () => existsSync(ballast) && statSync(ballast).size === ballastBytes);
    await until('запись', async () => (await element.put(newId(), randomBytes(1000))).status === 201);
    for (const [id, bytes] of stored) {
      if (removed.has(id)) continue;
      assert.ok((await element.call('GET', `/api/v1/files/${id}/download`)).bytes.equals(bytes));
    }
  });
});

/** Занимает всё свободное место до последнего байта. */
function fillDisk(path: string): void {
  for (let bytes = MIB; bytes >= 512; bytes /= 2) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes, 1), { flag: 'a' });
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'ENOSPC', String(error));
    }
  }
}

test('диск стал только для чтения: чтение идёт, изменениям 503, процесс жив', async (t) => {
  const dir = await temporaryDir(t);
  const disk = createLoopDisk(t, dir, { type: 'ext4', bytes: 32 * MIB, formatting: ['-e', 'remount-ro'] });
  if (disk === undefined) return;
  const room = await openFaultRoom(t, { dataDir: join(disk.path, 'data') });
  const element = await room.start();
  const ids = Array.from({ length: 50 }, newId);
  for (const id of ids) assert.equal((await element.put(id, `тело ${id}`)).status, 201);
  const large = newId();
  const bytes = randomBytes(300_000);
  assert.equal((await element.put(large, bytes)).status, 201);
  // Ошибка файловой системы, какой её видит ядро: ext4 с errors=remount-ro дальше не пишет.
  const trigger = `/sys/fs/ext4/${loopNameOf(disk.path)}/trigger_fs_error`;
  if (!existsSync(trigger)) return t.skip('ядро не умеет вызвать ошибку ext4 по просьбе');
  writeFileSync(trigger, 'проверка');

  await until('отказ в записи', async () => (await element.put(newId(), 'x')).status === 503);
  const refused = await element.put(newId(), 'x');
  assert.deepEqual([refused.status, refused.code()], [503, 'NOT_READY']);
  const patch = { body: '{"description":"x"}', headers: JSON_TYPE };
  assert.equal((await element.call('PATCH', `/api/v1/files/${ids[0]}`, patch)).status, 503);
  assert.equal((await element.call('DELETE', `/api/v1/files/${ids[0]}`)).status, 503);
  const { code, checks } = await ready(element);
  assert.deepEqual([code, checks['reads']?.status, checks['writes']?.status], [200, 'ok', 'degraded']);
  assert.equal((await info(element)).status, 'degraded');
  // Дольше периода контрольной точки: она не должна ни отказать, ни завершить процесс.
  for (let second = 0; second < 12; second += 1) {
    for (const id of ids.slice(0, 10)) {
      assert.equal((await element.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), `тело ${id}`);
    }
    assert.ok((await element.call('GET', `/api/v1/files/${large}/download`)).bytes.equals(bytes));
    assert.equal((await element.call('GET', '/api/v1/files')).json<{ total: number }>().total, 51);
    await sleep(1000);
  }
  assert.equal(element.child.exitCode, null);
  element.child.kill('SIGKILL');
  await element.ended;

  await t.test('диск починен и подключён заново: всё подтверждённое на месте', async () => {
    disk.unmount();
    disk.mount();
    const again = await room.start();
    for (const id of ids) {
      assert.equal((await again.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), `тело ${id}`);
    }
    assert.ok((await again.call('GET', `/api/v1/files/${large}/download`)).bytes.equals(bytes));
    assert.equal((await again.put(newId(), 'x')).status, 201);
  });
});

function loopNameOf(path: string): string {
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((entry) => entry.split(' ')[4] === path);
  return (line?.split(' - ')[1]?.split(' ')[1] ?? '').replace('/dev/', '');
}
