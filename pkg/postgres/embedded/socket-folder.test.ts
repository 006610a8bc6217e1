import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@artstore/testing';
import { chooseServerAccount } from './server-account.ts';
import { openSocketFolder } from './socket-folder.ts';

test('имя папки сокета постоянно, давно брошенные пустые папки убираются, своя и чужие занятые остаются', async (t) => {
  const directory = await temporaryDirectory(t);
  const account = chooseServerAccount();
  const first = await openSocketFolder(directory, account);
  const abandoned = await openSocketFolder(await temporaryDirectory(t), account);
  const busy = await openSocketFolder(await temporaryDirectory(t), account);
  t.after(() => [first, abandoned, busy].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  mkdirSync(path.join(busy, 'занято'));
  const longAgo = new Date(Date.now() - 2 * 60 * 60_000);
  for (const folder of [first, abandoned, busy]) utimesSync(folder, longAgo, longAgo);
  assert.equal(await openSocketFolder(directory, account), first);
  assert.deepEqual(
    [first, abandoned, busy].map((folder) => existsSync(folder)),
    [true, false, true],
  );
});
