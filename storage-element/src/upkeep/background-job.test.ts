// Работа в фоне: один проход за раз, состояние, расписание, остановка.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackgroundJob, type BackgroundJobOptions } from './background-job.ts';

const START_MS = Date.UTC(2026, 10, 23, 12);

function makeJob(change: Partial<BackgroundJobOptions<string>>) {
  const faults: unknown[] = [];
  const clock = { nowMs: START_MS, now: () => clock.nowMs, monotonicMs: () => performance.now() };
  const job = new BackgroundJob<string>({
    name: 'испытание',
    log: { error: (fields: unknown) => void faults.push(fields) },
    clock,
    scheduled: 'по расписанию',
    run: () => Promise.resolve(),
    ...change,
  });
  return { job, clock, faults };
}

test('второй проход во время первого не начинается; состояние видно сразу', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let passes = 0;
  const { job, clock } = makeJob({
    run: () => {
      passes += 1;
      return promise;
    },
  });
  assert.equal(job.state.status, 'idle');
  assert.equal(job.start('вручную'), true);
  assert.deepEqual(job.state, {
    status: 'running',
    trigger: 'manual',
    options: 'вручную',
    startedAt: START_MS,
    finishedAt: null,
    nextRunAt: null,
    error: null,
  });
  assert.equal(job.start('ещё раз'), false);
  clock.nowMs += 5000;
  resolve();
  await job.settled();
  assert.equal(passes, 1);
  assert.equal(job.state.status, 'completed');
  assert.equal(job.state.finishedAt, START_MS + 5000);
  assert.equal(job.start('снова'), true, 'после конца можно начать ещё раз');
  await job.stop();
});

test('неудача прохода записана один раз, названа в состоянии и не мешает следующему', async () => {
  let fail = true;
  const { job, faults } = makeJob({
    run: () => (fail ? Promise.reject(new Error('д'.repeat(2000))) : Promise.resolve()),
  });
  job.start('');
  await job.settled();
  assert.equal(job.state.status, 'failed');
  assert.equal(job.state.error?.length, 1000);
  assert.equal(faults.length, 1);
  fail = false;
  job.start('');
  await job.settled();
  assert.equal(job.state.status, 'completed');
  assert.equal(job.state.error, null);
  await job.stop();
});

test('расписание начинает проход само, а недоделанное продолжает раньше срока', async () => {
  const triggers: string[] = [];
  const { promise: second, resolve } = Promise.withResolvers<void>();
  const { job, clock } = makeJob({
    intervalMs: 3_600_000,
    firstInMs: 1,
    run: (options, { trigger }) => {
      triggers.push(`${trigger}: ${options}`);
      if (triggers.length === 1) return Promise.resolve({ againInMs: 1 });
      resolve();
      return Promise.resolve();
    },
  });
  await second;
  await job.settled();
  assert.deepEqual(triggers, ['schedule: по расписанию', 'schedule: по расписанию']);
  const before = job.state.nextRunAt ?? 0;
  assert.ok(before > START_MS + 3_590_000 && before <= START_MS + 3_600_000, `${before - START_MS}`);
  // Часы перевели на сутки: до прохода осталось столько же.
  clock.nowMs += 86_400_000;
  assert.ok((job.state.nextRunAt ?? 0) > START_MS + 86_400_000);
  await job.stop();
});

test('остановка прерывает проход, дожидается его и не даёт начать новый', async () => {
  let ended = false;
  const { job, faults } = makeJob({
    intervalMs: 1,
    run: (_options, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          setImmediate(() => {
            ended = true;
            reject(new Error('прервано'));
          });
        });
      }),
  });
  job.start('');
  await new Promise((resolve) => setImmediate(resolve));
  await job.stop();
  assert.equal(ended, true);
  assert.equal(job.state.status, 'interrupted');
  assert.equal(job.state.nextRunAt, null);
  assert.equal(job.start(''), false);
  assert.deepEqual(faults, []);
});
