import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArtError } from '@artstore/contracts';
import { parse as parseDisposition } from 'content-disposition';
import type { StoredFile } from '../files/file.ts';
import { planDownload, planHead } from './plan-download.ts';

const CHECKSUM = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const ETAG = `"${CHECKSUM}"`;

function file(change: Partial<StoredFile> = {}): StoredFile {
  return {
    fileId: '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41',
    originalFilename: 'Договор №7_скан (копия).pdf',
    contentType: 'application/pdf',
    size: 10,
    checksum: CHECKSUM,
    uploadedBy: 'user1',
    uploadedAt: '2026-02-21T09:30:00.000Z',
    description: '',
    tags: [],
    metadata: {},
    status: 'active',
    retentionPolicy: 'permanent',
    ttlDays: null,
    expiresAt: null,
    deletedAt: null,
    version: 1,
    revision: 1,
    ...change,
  };
}

test('без условий — файл целиком со всеми заголовками', () => {
  const plan = planDownload(file(), {});
  assert.equal(plan.status, 200);
  assert.equal(plan.headers['content-length'], '10');
  assert.equal(plan.headers['etag'], ETAG);
  assert.equal(plan.headers['repr-digest'], 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
  assert.equal(plan.headers['accept-ranges'], 'bytes');
  assert.equal(plan.headers['x-content-type-options'], 'nosniff');
  assert.match(plan.headers['content-security-policy'] ?? '', /sandbox/);
});

test('участок — 206 с границами и длиной', () => {
  const plan = planDownload(file(), { range: 'bytes=2-5' });
  assert.ok(plan.status === 206);
  assert.deepEqual(plan.range, { start: 2, end: 5 });
  assert.equal(plan.headers['content-range'], 'bytes 2-5/10');
  assert.equal(plan.headers['content-length'], '4');
});

test('участка нет в файле — 416 с настоящей длиной', () => {
  assert.throws(
    () => planDownload(file(), { range: 'bytes=10-' }),
    (error) =>
      error instanceof ArtError &&
      error.code === 'INVALID_RANGE' &&
      error.options.headers?.['content-range'] === 'bytes */10',
  );
});

test('If-None-Match важнее Range', () => {
  assert.equal(planDownload(file(), { 'if-none-match': ETAG, range: 'bytes=99-' }).status, 304);
});

test('If-Range с чужой меткой отменяет участок, даже недостижимый', () => {
  assert.equal(planDownload(file(), { 'if-range': '"x"', range: 'bytes=99-' }).status, 200);
  assert.equal(planDownload(file(), { 'if-range': ETAG, range: 'bytes=0-0' }).status, 206);
});

test('HEAD не замечает Range, но замечает If-None-Match', () => {
  assert.equal(planHead(file(), { range: 'bytes=99-' }).status, 200);
  assert.equal(planHead(file(), { 'if-none-match': '*' }).status, 304);
});

for (const name of [
  'Договор №7_скан (копия).pdf',
  'a b%20c.txt',
  'кавычка".txt',
  'обратная\\черта',
  'Я'.repeat(127),
  '😀.bin',
  "o'neil;x=1.txt",
]) {
  test(`имя ${name.slice(0, 30)} доходит до клиента без потерь и в чистом ASCII`, () => {
    const header = planDownload(file({ originalFilename: name }), {}).headers['content-disposition'] ?? '';
    assert.match(header, /^attachment; [\x20-\x7e]+$/);
    assert.equal(parseDisposition(header).parameters['filename'], name);
  });
}

test('негодный тип содержимого становится application/octet-stream', () => {
  for (const contentType of ['text/plain\r\nx: y', 'просто текст', '', 'text', 'text/пример']) {
    assert.equal(planDownload(file({ contentType }), {}).headers['content-type'], 'application/octet-stream');
  }
  const header = planDownload(file({ contentType: 'text/plain; charset=utf-8' }), {}).headers['content-type'];
  assert.equal(header, 'text/plain; charset=utf-8');
});
