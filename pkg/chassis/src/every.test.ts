// Периодическая работа: не накладывается, переживает свои ошибки, останавливается.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLog } from '../test/open-example.ts';
import { every } from './every.ts';

test('работа повторяется и не накладывается сама на себя', async () => {
  const { log } = memoryLog();
  let [now, most, runs] = [0, 0, 0];
  const job = async () => {
    now += 1;
    most = Math.max(most, now);
    await sleep(20);
    now -= 1;
    runs += 1;
  };
  const periodic = every({ name: 'count', intervalMs: 5, log, job, runAtStart: true });
  await Promise.all([periodic.runNow(), periodic.runNow()]);
  await sleep(150);
  await periodic.stop();
  const runsAtStop = runs;
  await sleep(40);
  assert.equal(most, 1);
  assert.ok(runsAtStop >= 2);
  assert.equal(runs, runsAtStop);
});

test('ошибка попадает в журнал, работа продолжается', async () => {
  const { log, records } = memoryLog();
  const job = async () => {
    throw new Error('не вышло');
  };
  const periodic = every({ name: 'failing', intervalMs: 5, log, job });
  await sleep(80);
  await periodic.stop();
  assert.ok(
    records.filter(({ event, job: name }) => event === 'periodic_job_failed' && name === 'failing').length >= 2,
  );
});

test('ошибка работы, начатой вручную, достаётся вызвавшему', async () => {
  const { log, records } = memoryLog();
  const job = async () => {
    throw new Error('не вышло');
  };
  const periodic = every({ name: 'failing', intervalMs: 60_000, log, job });
  await assert.rejects(periodic.runNow(), /не вышло/);
  await periodic.stop();
  assert.deepEqual(records, []);
});

test('остановка прерывает идущую работу и дожидается её', async () => {
  const { log, records } = memoryLog();
  let ended = false;
  const job = async (signal: AbortSignal) => {
    try {
      await sleep(10_000, undefined, { signal });
    } finally {
      ended = true;
    }
  };
  const periodic = every({ name: 'long', intervalMs: 60_000, log, job, runAtStart: true });
  await sleep(20);
  await periodic.stop();
  assert.equal(ended, true);
  await periodic.runNow();
  assert.deepEqual(records, []);
});
