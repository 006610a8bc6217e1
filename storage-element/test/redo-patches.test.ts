// Журнал, полный правок: после kill -9 запуск повторяет их все, держит в памяти немногие и останавливается на последней.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { attrFromJson, unsealAttr } from '../src/engine/attr.ts';
import type { Placer, PlacerOptions } from '../src/engine/placer.ts';
import { startPlacerThread } from '../src/engine/placer-thread.ts';
import { fileIdOf } from './crash/workload.ts';
import { openRealStore, SILENT } from './open-real-store.ts';
import { temporaryDir } from './start-element.ts';

const FILES = 40;
const EDITS = 120;
const RECORDS = FILES * (EDITS + 1);
/** Сколько записей без байтов вмещает то, что повтору позволено держать неразложенным, и один кадр сверх. */
const OUTSTANDING_MAX = (8 << 20) / 2048 + FILES;

/** Раскладчик, который не говорит «готово», пока повтор не отдаст ему всего, что вправе отдать. */
function countingPlacer(options: PlacerOptions, seen: { mostOutstanding: number }): Placer {
  const placer = startPlacerThread(options.layout, options.onNoSpace ?? (() => undefined));
  const enough = Promise.withResolvers<void>();
  let outstanding = 0;
  return {
    ...placer,
    redo: async (records) => {
      outstanding += records.length;
      seen.mostOutstanding = Math.max(seen.mostOutstanding, outstanding);
      if (outstanding >= OUTSTANDING_MAX - FILES) enough.resolve();
      await enough.promise;
      await placer.redo(records);
      outstanding -= records.length;
    },
  };
}

test('тысячи правок немногих файлов и kill -9 до контрольной точки: побеждает последняя, память повтора ограничена', async (t) => {
  const home = await temporaryDir(t);
  const writer = fork(join(import.meta.dirname, 'patch-writer.ts'), [home, String(FILES), String(EDITS)]);
  const ended = once(writer, 'exit');
  assert.deepEqual((await once(writer, 'message'))[0], 'edited');
  assert.deepEqual(await ended, [null, 'SIGKILL']);

  const seen = { mostOutstanding: 0 };
  let replayed: unknown;
  const { store, layout } = await openRealStore(t, {
    home,
    change: {
      openPlacer: (options) => countingPlacer(options, seen),
      log: {
        ...SILENT,
        info: ({ event, records }) => {
          if (event === 'log_replayed') replayed = records;
        },
      },
    },
  });
  assert.equal(replayed, RECORDS, 'контрольной точки не было: повторено всё');
  assert.ok(seen.mostOutstanding <= OUTSTANDING_MAX, `в памяти разом ${seen.mostOutstanding} записей`);
  await store.whenPlaced();
  for (let index = 0; index < FILES; index += 1) {
    const entry = store.catalog.get(fileIdOf(index));
    assert.ok(entry);
    const onDisk = attrFromJson(unsealAttr(await readFile(layout.attr(entry.place, entry.file.fileId), 'utf8')));
    for (const { description, version } of [entry.file, onDisk]) {
      assert.deepEqual([description, version], [`правка ${EDITS} файла ${index}`, EDITS + 1]);
    }
  }
  assert.equal(store.revision, RECORDS);
});
