// Часы живого процесса прыгают на сутки вперёд, назад и в 2030 год (libfaketime; монотонные часы не тронуты).
// Загрузки и чтение идут, лента — по revision, а уборка не уносит ничего: часы вернутся — всё подтверждённое на месте.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from '@artstore/tools/debian/find-program.ts';
import { ALL_SCOPES, type ElementFile, newId } from '../start-element.ts';
import type { ElementProcess } from '../start-process.ts';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { underLoad } from './under-load.ts';

const faketime = findTool('libfaketimeMT.so.1');
const FAR_FUTURE_SECONDS = Date.UTC(2040, 0, 1) / 1000;
const YEAR_2030 = '@2030-01-01 00:00:00';

test('часы прыгают на ±1 день и в 2030 год', { skip: faketime ? false : 'нет libfaketime' }, async (t) => {
  const { room, setClock, start } = await openClockRoom(t);
  setClock('+0');
  let element = await start();
  const token = longToken(room, element);
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const work = async (keeping = false): Promise<void> => {
    await underLoad({ element, ledger, token, keeping, workers: 4 }, () => sleep(250));
    assert.equal(ledger.refused.failed, 0, element.output());
    await compareWithLedger({ element, ledger, feed, recheckShare: 0.3, token });
  };
  await work();

  for (const jump of ['+1d', '-1d', '+0']) {
    await t.test(`прыжок ${jump}: загрузки, правки, удаления и чтение идут`, async () => {
      setClock(jump);
      await sleep(50);
      await collectGarbage(element, token);
      await work(jump === '-1d');
    });
  }

  const shortLived = newId();
  const stored = await element.put(shortLived, 'на сутки', { intent: { ttl_days: 1 }, token });
  assert.equal(stored.status, 201);
  const shortState = { status: 'active', description: '' } as const;
  ledger.startUpload(
    shortLived,
    { checksum: stored.json<ElementFile>().checksum, size: Buffer.byteLength('на сутки') },
    shortState.description,
  );
  ledger.acknowledge(shortLived, 'upload');

  await t.test('прыжок в 2030 год: прежнее истекло, но не убрано; новое принимается', async () => {
    setClock(YEAR_2030);
    await sleep(50);
    const expired = await element.call('GET', `/api/v1/files/${shortLived}/download`, { token });
    assert.equal(expired.code(), 'FILE_EXPIRED');
    await collectGarbage(element, token);
    const id = newId();
    const reply = await element.put(id, 'из будущего', { intent: { description: 'будущее' }, token });
    assert.equal(reply.status, 201);
    const file = reply.json<ElementFile>();
    assert.match(file.uploaded_at, /^2030-/);
    ledger.startUpload(id, { checksum: file.checksum, size: file.size }, 'будущее');
    ledger.acknowledge(id, 'upload');
    assert.equal((await element.call('GET', `/api/v1/files/${id}/download`, { token })).status, 200);
    setClock('+0');
    await sleep(50);
    await collectGarbage(element, token);
    await work();
    assert.ok(feed.files.has(shortLived) && feed.files.has(id));
  });

  await t.test('перезапуск при часах, ушедших назад: всё на месте, загрузки идут', async () => {
    assert.equal(await stopElement(element), 0);
    setClock('-1d');
    element = await start();
    await collectGarbage(element, token);
    await work(true);
    setClock('+0');
    await work();
  });

  assert.equal(await stopElement(element), 0);
  t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, файлов ${ledger.files}`);
});

/** Уборка вручную: прыгнули часы — она вправе отказать, но не вправе унести. */
async function collectGarbage(element: ElementProcess, token: string): Promise<void> {
  const reply = await element.call('POST', '/api/v1/maintenance/gc', {
    token,
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.ok([200, 202, 409].includes(reply.status), `${reply.status} ${reply.bytes.toString()}`);
  await sleep(100);
}

const UNTRUSTED_CLOCK = { skip: faketime ? false : 'нет libfaketime' };
test('удалённое при часах, ушедших назад, лежит в корзине свои сутки', UNTRUSTED_CLOCK, async (t) => {
  const { room, setClock, start } = await openClockRoom(t);
  setClock('+0');
  const element = await start();
  const token = longToken(room, element);
  const id = newId();
  assert.equal((await element.put(id, 'удалят вчера', { token })).status, 201);
  setClock('-1d');
  await sleep(50);
  await collectGarbage(element, token);
  assert.equal((await element.call('DELETE', `/api/v1/files/${id}`, { token })).status, 204);
  setClock('+0');
  await sleep(50);
  await collectGarbage(element, token);
  const restored = await element.call('POST', `/api/v1/files/${id}/restore`, { token });
  assert.equal(restored.status, 200, restored.bytes.toString());
});

/** Комната, где у процесса свои часы: setClock двигает их на ходу. */
async function openClockRoom(t: TestContext) {
  const room = await openFaultRoom(t);
  const clockFile = join(room.dir, 'clock');
  const setClock = (time: string): void => {
    writeFileSync(`${clockFile}.new`, time);
    renameSync(`${clockFile}.new`, clockFile);
  };
  const start = (): Promise<ElementProcess> =>
    room.start({
      LD_PRELOAD: faketime?.path ?? '',
      FAKETIME_TIMESTAMP_FILE: clockFile,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
      TZ: 'UTC',
    });
  return { room, setClock, start };
}

/** Токен, верный при любых здешних часах. */
function longToken(room: FaultRoom, element: ElementProcess): string {
  return room.tokens.token(element.storageId, ALL_SCOPES, { iat: 1_700_000_000, exp: FAR_FUTURE_SECONDS });
}
