// Память об открытых сеансах: что прочитано до закрытия, после него не помнится.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenSessions } from './open-sessions.ts';

test('прочитанное до закрытия сеанса не запоминается после него', async () => {
  let open = true;
  let reads = 0;
  const answered = Promise.withResolvers<void>();
  const sessions = createOpenSessions(async () => {
    reads += 1;
    const read = open;
    if (reads === 1) await answered.promise;
    return read;
  });
  const early = sessions.isOpen('s-1');
  open = false;
  sessions.forget();
  answered.resolve();
  assert.equal(await early, true, 'начатое до закрытия кончается как началось');
  assert.equal(await sessions.isOpen('s-1'), false, 'закрытый сеанс действует');
  assert.equal(reads, 2);
});

test('запомненное не перечитывается, пока никто не велел забыть', async () => {
  let reads = 0;
  const sessions = createOpenSessions(async () => (reads += 1) > 0);
  await sessions.isOpen('s-1');
  await sessions.isOpen('s-1');
  assert.equal(reads, 1);
  sessions.forget();
  await sessions.isOpen('s-1');
  assert.equal(reads, 2);
});
