import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type VerifiedBodyOptions, verifiedBody } from './verified-body.ts';

const bytes = randomBytes(1_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');

function bodyOf(change: Partial<VerifiedBodyOptions>): Readable {
  return verifiedBody({
    body: Readable.from([bytes]),
    length: bytes.length,
    sha256,
    reopen: () => Promise.reject(new Error('продолжения нет')),
    signal: new AbortController().signal,
    onResume: () => undefined,
    ...change,
  });
}

/** Отдаёт первые count байт и обрывается. */
function brokenAfter(count: number, from = 0): Readable {
  return Readable.from(
    (async function* () {
      yield bytes.subarray(from, from + count);
      await Promise.resolve();
      throw new Error('обрыв');
    })(),
  );
}

async function read(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test('верное тело проходит как есть, пустое — тоже', async () => {
  assert.ok((await read(bodyOf({}))).equals(bytes));
  const empty = createHash('sha256').digest('hex');
  assert.equal((await read(bodyOf({ body: Readable.from([]), length: 0, sha256: empty }))).length, 0);
});

test('последняя порция с неверной суммой клиенту не достаётся', async () => {
  const parts = [bytes.subarray(0, 600), bytes.subarray(600)];
  const received: Buffer[] = [];
  const body = bodyOf({ body: Readable.from(parts), sha256: '0'.repeat(64) });
  await assert.rejects(async () => {
    for await (const chunk of body) received.push(chunk as Buffer);
  }, /сумма/);
  assert.ok(Buffer.concat(received).length <= 600);
});

test('лишние байты и чистый конец раньше времени — не ответ', async () => {
  await assert.rejects(read(bodyOf({ length: 999, sha256: undefined })), /больше обещанных/);
  const controller = new AbortController();
  const short = bodyOf({
    body: Readable.from([bytes.subarray(0, 10)]),
    signal: controller.signal,
    onResume: () => controller.abort(new Error('ждать нечего')),
  });
  await assert.rejects(read(short));
});

test('после обрыва поток продолжается ровно с места обрыва, и сумма сверяется вся', async () => {
  const asked: number[] = [];
  const body = bodyOf({
    body: brokenAfter(300),
    reopen: async (sent) => {
      asked.push(sent);
      return sent === 300 ? brokenAfter(200, 300) : Readable.from([bytes.subarray(sent)]);
    },
  });
  assert.ok((await read(body)).equals(bytes));
  assert.deepEqual(asked, [300, 500]);
});

test('уход клиента прекращает попытки', async () => {
  const controller = new AbortController();
  let asked = 0;
  const body = bodyOf({
    body: brokenAfter(1),
    signal: controller.signal,
    reopen: () => {
      asked += 1;
      controller.abort(new Error('клиент ушёл'));
      return Promise.reject(new Error('обрыв'));
    },
  });
  await assert.rejects(read(body), /клиент ушёл/);
  assert.equal(asked, 1);
});
