// Каталог данных под работающим элементом: пропал, подменён, вернулся. Пустой список и «файла нет» были бы ложью.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { waitUntil } from '@artstore/testing';
import { openFaultRoom } from './faults/fault-room.ts';
import { createLoopDisk } from './faults/loop-disk.ts';
import { newId, temporaryDir } from './start-element.ts';
import { type ElementProcess, spawnMain } from './start-process.ts';

/** Дольше любой задержки занятой машины: не дождались — значит, не будет. */
const PATIENCE_MS = 60_000;

/** Отвечает ли всё, что требует токена, 503, а готовность — fail. */
async function assertAbsent(element: ElementProcess, knownId: string): Promise<void> {
  const patch = { body: '{"description":"x"}', headers: { 'content-type': 'application/json' } };
  const replies = {
    список: await element.call('GET', '/api/v1/files'),
    лента: await element.call('GET', '/api/v1/changes'),
    'известный файл': await element.call('GET', `/api/v1/files/${knownId}`),
    'неизвестный файл': await element.call('GET', `/api/v1/files/${newId()}`),
    скачивание: await element.call('GET', `/api/v1/files/${knownId}/download`),
    правка: await element.call('PATCH', `/api/v1/files/${knownId}`, patch),
    удаление: await element.call('DELETE', `/api/v1/files/${knownId}`),
    'малая загрузка': await element.put(newId(), 'x'),
    'большая загрузка': await element.put(newId(), Buffer.alloc(300_000)),
    сведения: await element.call('GET', '/api/v1/info', { token: null }),
  };
  for (const [what, reply] of Object.entries(replies)) {
    assert.equal(reply.status, 503, `${what}: ${reply.status} ${reply.bytes.toString()}`);
    assert.equal(reply.code(), 'NOT_READY', what);
    assert.match(reply.bytes.toString(), /data directory/, what);
    assert.doesNotMatch(reply.bytes.toString(), /\/tmp/, `${what}: путь наружу не идёт`);
  }
  const ready = await element.call('GET', '/health/ready', { token: null });
  const { checks } = ready.json<{ checks: Record<string, { status: string }> }>();
  assert.deepEqual([ready.status, checks['reads']?.status, checks['writes']?.status], [503, 'fail', 'fail']);
  assert.equal((await element.call('GET', '/health/live', { token: null })).status, 200);
  const metrics = await element.call('GET', '/metrics', { token: null });
  assert.match(metrics.bytes.toString(), /se_data_directory\{state="absent"[^}]*\} 1/);
}

/** Что лежит в каталоге и когда менялось; undefined — каталога нет. Имя, пропавшее за время взгляда, не считается. */
function treeOf(path: string): string[] | undefined {
  if (!existsSync(path)) return undefined;
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();
  return names.flatMap((name) => {
    const stat = statSync(join(path, name), { throwIfNoEntry: false });
    return stat === undefined ? [] : [`${name} ${stat.mtimeMs}`];
  });
}

/** Каталог, в котором полсекунды ничего не менялось. */
async function settledTree(path: string): Promise<string[] | undefined> {
  let tree = treeOf(path);
  const isSettled = async (): Promise<boolean> => {
    const before = tree;
    await sleep(500);
    tree = treeOf(path);
    return isDeepStrictEqual(tree, before);
  };
  await waitUntil('в каталоге стихло', isSettled, PATIENCE_MS);
  return tree;
}

/** Взгляд на каталог бывает старше на 0,1 с, и готовность могла отказать раньше него, по другой причине. */
async function untilAbsent(element: ElementProcess): Promise<void> {
  const isNoticed = async (): Promise<boolean> =>
    /se_data_directory\{state="absent"[^}]*\} 1/.test((await element.call('GET', '/metrics')).bytes.toString());
  await waitUntil('пропажа замечена', isNoticed, PATIENCE_MS);
}

const LOSSES: readonly (readonly [title: string, put: (path: string, kept: string) => void])[] = [
  ['удалён', () => undefined],
  ['пуст, как точка без диска', (path) => mkdirSync(path)],
  ['копия прежнего на другом месте', (path, kept) => cpSync(kept, path, { recursive: true })],
];
for (const [title, put] of LOSSES) {
  test(`каталог данных ${title}: 503 на всё; вернулся — процесс завершается, следующий хранит всё`, async (t) => {
    const room = await openFaultRoom(t);
    // Ключи обновляются много раз за проверку: на чужом месте их хранить нельзя.
    const element = await room.start({ SE_JWKS_REFRESH: '100ms' });
    const dataDir = room.env['SE_DATA_DIR'] ?? '';
    const kept = `${dataDir}.kept`;
    const id = newId();
    assert.equal((await element.put(id, 'тело')).status, 201);
    // Подтверждённое раскладывается мигом позже ответа: ждём, чтобы оно не легло на чужое место.
    const placed = () => treeOf(dataDir)?.some((line) => line.includes(`${id}.attr.json `)) === true;
    await waitUntil('файл разложен', placed, PATIENCE_MS);
    renameSync(dataDir, kept);
    put(dataDir, kept);
    await untilAbsent(element);
    await assertAbsent(element, id);
    // Запись ключей, начатая до подмены, кончается уже на чужом месте: сравнивать можно с мига, когда там всё стихло.
    const before = await settledTree(dataDir);
    await sleep(1500);
    await assertAbsent(element, id);
    assert.deepEqual(treeOf(dataDir), before, 'мимо своего диска не записано ничего');
    assert.equal(element.child.exitCode, null, 'процесс жив: новый запуск завёл бы здесь новый элемент');

    rmSync(dataDir, { recursive: true, force: true });
    renameSync(kept, dataDir);
    assert.equal(await element.ended, 70);
    const again = await room.start();
    assert.equal(again.storageId, element.storageId);
    assert.equal((await again.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), 'тело');
  });
}

test('под загрузкой: подтверждённое до подмены и во время неё цело после возврата', async (t) => {
  const room = await openFaultRoom(t);
  const element = await room.start();
  const dataDir = room.env['SE_DATA_DIR'] ?? '';
  const acknowledged = new Map<string, number>();
  let stop = false;
  const writer = async (): Promise<void> => {
    for (let round = 0; !stop; round += 1) {
      const [id, bytes] = [newId(), round % 3 === 0 ? 100_000 : 500];
      const reply = await element.put(id, Buffer.alloc(bytes, round)).catch(() => undefined);
      if (reply?.status === 201) acknowledged.set(id, bytes);
    }
  };
  const writers = Array.from({ length: 8 }, writer);
  await waitUntil('есть что терять', () => acknowledged.size > 20, PATIENCE_MS);
  renameSync(dataDir, `${dataDir}.kept`);
  mkdirSync(dataDir);
  await sleep(2500);
  stop = true;
  await Promise.all(writers);
  rmSync(dataDir, { recursive: true });
  renameSync(`${dataDir}.kept`, dataDir);
  assert.equal(await element.ended, 70);
  const again = await room.start();
  for (const [id, bytes] of acknowledged) {
    const reply = await again.call('GET', `/api/v1/files/${id}/download`);
    assert.deepEqual([reply.status, reply.bytes.length], [200, bytes], id);
  }
  t.diagnostic(`подтверждено ${acknowledged.size}`);
  assert.ok(acknowledged.size > 10);
});

test('диск отключён (umount -l) и подключён снова', async (t) => {
  const dir = await temporaryDir(t);
  const disk = createLoopDisk(t, dir, { type: 'ext4', bytes: 64 << 20 });
  if (disk === undefined) return;
  const dataDir = join(disk.path, 'data');
  const room = await openFaultRoom(t, { dataDir });
  const element = await room.start({ SE_JWKS_REFRESH: '100ms' });
  const id = newId();
  assert.equal((await element.put(id, 'тело')).status, 201);
  const device = execFileSync('findmnt', ['-no', 'SOURCE', disk.path]).toString().trim();
  execFileSync('umount', ['-l', disk.path]);
  await untilAbsent(element);
  await assertAbsent(element, id);
  await sleep(1500);
  assert.deepEqual(readdirSync(disk.path), [], 'в точку подключения ничего не записано');
  execFileSync('mount', [device, disk.path]);
  assert.equal(await element.ended, 70);
  const again = await room.start();
  assert.equal((await again.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), 'тело');
});

test('SE_REQUIRE_EXISTING: в пустом каталоге элемент не заводится и ничего там не оставляет', async (t) => {
  const room = await openFaultRoom(t);
  const dataDir = room.env['SE_DATA_DIR'] ?? '';
  mkdirSync(dataDir);
  const empty = spawnMain(t, { ...room.env, SE_REQUIRE_EXISTING: 'true' });
  assert.equal(await empty.ended, 1);
  assert.match(empty.output(), /element\.json нет, а SE_REQUIRE_EXISTING=true/);
  assert.deepEqual(readdirSync(dataDir), []);
  rmSync(dataDir, { recursive: true });
  const gone = spawnMain(t, { ...room.env, SE_REQUIRE_EXISTING: 'true' });
  assert.equal(await gone.ended, 1);
  assert.ok(!existsSync(dataDir));

  const first = await room.start();
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);
  const second = await room.start({ SE_REQUIRE_EXISTING: 'true' });
  assert.equal(second.storageId, first.storageId);
});
