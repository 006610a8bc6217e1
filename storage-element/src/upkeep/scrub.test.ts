// Проверка сумм: порча находится сама, самые давние — первыми, перезапуск не начинает сначала, темп держится.
import assert from 'node:assert/strict';
import { rm, readFile, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { flipBit, openRealStore, type RealStore, SILENT } from '../../test/open-real-store.ts';
import { createPlacer } from '../engine/placer.ts';
import { getFile } from '../files/get-file.ts';
import { Scrubber } from './scrub.ts';

const DAY_MS = 86_400_000;
const PERIOD_MS = 30 * DAY_MS;

function openScrubber(t: TestContext, { store }: RealStore, bytesPerSecond = 1e9): Scrubber {
  const scrubber = new Scrubber({ store, log: SILENT, periodMs: PERIOD_MS, bytesPerSecond });
  t.after(() => scrubber.stop());
  return scrubber;
}

async function pass(scrubber: Scrubber): Promise<number> {
  const before = scrubber.counts.files;
  assert.ok(scrubber.start());
  await scrubber.settled();
  return scrubber.counts.files - before;
}

test('загрузка считается проверкой; прошла половина срока — проверяется всё и ровно раз', async (t) => {
  const real = await openRealStore(t);
  for (let index = 0; index < 200; index += 1) await real.put(Buffer.alloc(100 + index, 'х'));
  const scrubber = openScrubber(t, real);
  assert.equal(await pass(scrubber), 0);
  real.shiftMs = 14 * DAY_MS;
  assert.equal(await pass(scrubber), 0);
  assert.ok(scrubber.oldestAgeMs >= 14 * DAY_MS);
  real.shiftMs = 16 * DAY_MS;
  assert.equal(await pass(scrubber), 200);
  assert.equal(scrubber.counts.bytes, 200 * 100 + (199 * 200) / 2);
  assert.ok(scrubber.oldestAgeMs < DAY_MS);
  assert.equal(await pass(scrubber), 0);
});

test('перевёрнутый бит, пропавшие байты и испорченное описание помечены; починенное возвращается', async (t) => {
  const real = await openRealStore(t);
  const [flipped, gone, badAttr, sound] = [
    await real.put('первый'),
    await real.put('второй'),
    await real.put('третий'),
    await real.put('целый'),
  ];
  const bytes = await readFile(real.blob(flipped.fileId));
  await flipBit(real.blob(flipped.fileId));
  await rm(real.blob(gone.fileId));
  await flipBit(real.attr(badAttr.fileId), 30);
  real.shiftMs = 20 * DAY_MS;
  const scrubber = openScrubber(t, real);
  assert.equal(await pass(scrubber), 4);
  const statuses = () => [flipped, gone, badAttr, sound].map(({ fileId }) => getFile(real.store, fileId).status);
  assert.deepEqual(statuses(), ['corrupted', 'missing', 'corrupted', 'active']);
  assert.equal(scrubber.counts.issues, 3);
  await writeFile(real.blob(flipped.fileId), bytes);
  real.shiftMs = 40 * DAY_MS;
  await pass(scrubber);
  assert.deepEqual(statuses(), ['active', 'missing', 'corrupted', 'active']);
});

test('прерванная перезапуском проверка продолжается с того места, а не сначала', async (t) => {
  const real = await openRealStore(t);
  for (let index = 0; index < 300; index += 1) await real.put(`файл ${index}`);
  real.shiftMs = 20 * DAY_MS;
  const scrubber = openScrubber(t, real, 8 << 20);
  scrubber.start();
  while (scrubber.counts.files < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  await scrubber.stop();
  const done = scrubber.counts.files;
  assert.ok(done < 300);
  const again = await real.restart();
  const left = await pass(openScrubber(t, again));
  assert.equal(left, 300 - done);
});

test('темп: байты читаются не быстрее разрешённого', async (t) => {
  const real = await openRealStore(t);
  for (const letter of ['х', 'у']) await real.put(Buffer.alloc(1 << 20, letter));
  real.shiftMs = 20 * DAY_MS;
  const startedAt = performance.now();
  await pass(openScrubber(t, real, 4 << 20));
  assert.ok(performance.now() - startedAt > 400, `${performance.now() - startedAt} мс на 2 МиБ при 4 МиБ/с`);
});

test('часы уходили вперёд и вернулись: проверенное «в будущем» проверяется снова', async (t) => {
  const real = await openRealStore(t);
  real.shiftMs = 4 * 365 * DAY_MS;
  await real.put('из будущего');
  real.shiftMs = 0;
  const scrubber = openScrubber(t, real);
  assert.equal(await pass(scrubber), 1);
  assert.equal(await pass(scrubber), 0);
});

test('файлы, которые меняют и убирают во время проверки, порчей не считаются', async (t) => {
  const real = await openRealStore(t, { change: { mode: 'edit' } });
  const ids: string[] = [];
  for (let index = 0; index < 150; index += 1) ids.push((await real.put(`файл ${index}`)).fileId);
  real.shiftMs = 20 * DAY_MS;
  const scrubber = openScrubber(t, real);
  scrubber.start();
  await Promise.all(
    ids.map((fileId, index) =>
      real.store.withFile(fileId, async (locked) => {
        const entry = locked.current();
        assert.ok(entry);
        if (index % 2 === 0) await locked.remove(entry, 'trash', new Date(0).toISOString());
        else await locked.patch(entry, { ...entry.file, description: 'новое', version: 2 });
      }),
    ),
  );
  await scrubber.settled();
  assert.equal(scrubber.counts.issues, 0);
});

test('раскладка отстала: порча найдена и названа, но проверенным файл не считается; догнала — помечен', async (t) => {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const real = await openRealStore(t, {
    change: { openPlacer: (options) => createPlacer({ ...options, pause: () => gate.promise }) },
  });
  const flipped = await real.put('первый');
  await real.store.whenPlaced();
  await flipBit(real.blob(flipped.fileId));
  real.shiftMs = 20 * DAY_MS;
  gate = Promise.withResolvers<void>();
  // Ответ на загрузку раскладки не ждёт, но стол ждёт её сам.
  const waiting = real.put('ждёт раскладки');
  const scrubber = openScrubber(t, real);
  while (real.store.catalog.totals(new Date().toISOString()).active.files < 2) await new Promise(setImmediate);
  await pass(scrubber);
  assert.equal(scrubber.counts.issues, 1);
  assert.equal(getFile(real.store, flipped.fileId).status, 'active');
  assert.ok(scrubber.oldestAgeMs >= 20 * DAY_MS, 'проверенным не счёлся');
  gate.resolve();
  await waiting;
  await real.store.whenPlaced();
  await pass(scrubber);
  assert.equal(getFile(real.store, flipped.fileId).status, 'corrupted');
});
