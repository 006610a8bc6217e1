// Суммы из соседнего потока: верны для многих тел вперемежку, отказ потока — отказ загрузки, а не вечное ожидание.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { HashThreads } from './hash-threads.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('тела считаются вперемежку, каждое — своей суммой; брошенное не мешает остальным', async (t) => {
  const threads = new HashThreads(2);
  t.after(() => threads.close());
  const bodies = Array.from({ length: 12 }, () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(300_000));
    bytes.set(randomBytes(bytes.length));
    return { bytes, sha: threads.openSha256(true) };
  });
  for (let at = 0; at < 300_000; at += 100_000) {
    await Promise.all(
      bodies.map(({ bytes, sha }) => sha.update([bytes.subarray(at, at + 1), bytes.subarray(at + 1, at + 100_000)])),
    );
  }
  bodies[3]?.sha.drop();
  for (const [index, { bytes, sha }] of bodies.entries())
    if (index !== 3) assert.equal(await sha.digest(), sha256(bytes));
  assert.equal(await threads.openSha256(true).digest(), sha256(new Uint8Array()));
});

test('поток завершился: его тело получает отказ, следующее — новый поток', async () => {
  const threads = new HashThreads(1);
  const sha = threads.openSha256(true);
  await sha.update([new Uint8Array(1000)]);
  const interrupted = Promise.allSettled([sha.update([new Uint8Array(1000)])]);
  await threads.close();
  await interrupted;
  await assert.rejects(sha.digest(), /завершился/);
  const next = threads.openSha256(true);
  await next.update([Buffer.from('байты')]);
  assert.equal(await next.digest(), sha256(Buffer.from('байты')));
  await threads.close();
});
