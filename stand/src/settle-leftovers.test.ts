import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { isAlive, markProcess } from '@artstore/postgres';
import { messagesIn } from './messages.ts';
import { settleLeftovers } from './settle-leftovers.ts';

test('прерванный запуск не ждёт частей прошлого и не трогает их', async (t) => {
  const part = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.after(() => part.kill('SIGKILL'));
  assert.ok(part.pid !== undefined);
  const mark = markProcess(part.pid);
  assert.ok(mark !== undefined);
  const stop = new AbortController();
  const since = performance.now();
  const settled = settleLeftovers({
    previous: [{ name: 'query', pid: part.pid, start_ticks: mark.startTicks }],
    messages: messagesIn('en'),
    say: () => stop.abort(),
    signal: stop.signal,
  });
  await assert.rejects(settled, { name: 'AbortError' });
  assert.ok(performance.now() - since < 2_000);
  assert.equal(isAlive(mark), true);
});
