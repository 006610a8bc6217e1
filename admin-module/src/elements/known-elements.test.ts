// Память о подключённых элементах: свежий элемент узнаётся сразу, сколько бы о незнакомых ни спрашивали до него.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testDatabase } from '@artstore/testing';
import { createLogger } from '@artstore/chassis';
import { migrate } from '@artstore/postgres';
import { openDatabase } from '../database-table.ts';
import { insertElement, type Observation } from './elements-table.ts';
import { createKnownElements } from './known-elements.ts';

const SEEN: Observation = {
  epoch: 'e',
  mode: 'rw',
  status: 'online',
  version: '1',
  capacityBytes: 1,
  usedBytes: 0,
  availableBytes: 1,
  revision: 0,
  latencyMs: 1,
  certificateExpiresAt: null,
};

test('элемент, подключённый другой копией модуля сразу после промаха, известен', async (t) => {
  const log = createLogger({ service: 'test', level: 'silent', format: 'text' });
  const { url } = await testDatabase(t);
  const database = openDatabase({ url, connectionsMax: 2, log });
  try {
    await migrate(database.pool, {
      directory: new URL('../../migrations/', import.meta.url),
      table: 'admin_migrations',
    });
    const known = createKnownElements(database);
    const id = randomUUID();
    assert.equal(await known.has(id), false);
    await insertElement(database.db, { id, name: 'свежий', url: 'https://se.test', seen: SEEN });
    const answers = await Promise.all(Array.from({ length: 50 }, () => known.has(id)));
    assert.ok(answers.every(Boolean));
  } finally {
    await database.close();
  }
});
