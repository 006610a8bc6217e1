// Неразложенное и нехватка места для раскладки видны снаружи: по ним узнают о долге раньше, чем о нём скажут клиенты.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@artstore/chassis';
import { waitUntil } from '@artstore/testing';
import { laggingPlacer } from '../test/crash/lagging-placer.ts';
import { fileIdOf, putBytes } from '../test/crash/workload.ts';
import { openRealStore } from '../test/open-real-store.ts';
import { measureDisk } from './measure-disk.ts';

test('опрос называет, сколько байт ждёт раскладки и стоит ли она из-за полного диска', async (t) => {
  const allowed = Promise.withResolvers<void>();
  let noteSpace: (stalled: boolean) => void = () => undefined;
  const { store } = await openRealStore(t, {
    change: {
      openPlacer: (options) => {
        noteSpace = options.onNoSpace ?? noteSpace;
        return laggingPlacer(options, () => allowed.promise);
      },
    },
  });
  const metrics = createMetrics('storage-element');
  measureDisk(metrics, store);
  const valueOf = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(await metrics.registry.metrics())?.[1]);
  assert.deepEqual([await valueOf('se_unplaced_bytes'), await valueOf('se_placing_stalled')], [0, 0]);

  await putBytes(store, { fileId: fileIdOf(1), bytes: Buffer.alloc(1000), description: '' });
  noteSpace(true);
  const waiting = await valueOf('se_unplaced_bytes');
  assert.ok(waiting >= 1000 && waiting < 10_000, `${waiting} байт`);
  assert.equal(await valueOf('se_placing_stalled'), 1);

  noteSpace(false);
  allowed.resolve();
  await waitUntil('разложено', async () => (await valueOf('se_unplaced_bytes')) === 0, 30_000);
  assert.equal(await valueOf('se_placing_stalled'), 0);
});
