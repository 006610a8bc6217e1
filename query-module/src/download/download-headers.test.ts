import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileRow } from '../registry/file-row.ts';
import { answerHeaders, parseContentRange, passedConditions } from './download-headers.ts';

const row: FileRow = {
  file_id: '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41',
  storage_element_id: '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a42',
  original_filename: 'a b%20c.txt',
  content_type: 'text/html',
  size: 10,
  checksum: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  uploaded_by: 'sa',
  uploaded_at: '2026-01-01T00:00:00.000Z',
  description: '',
  tags: [],
  metadata: {},
  status: 'active',
  retention_policy: 'permanent',
  ttl_days: null,
  expires_at: null,
  deleted_at: null,
  version: 1,
};

const dispositionOf = (name: string): string =>
  answerHeaders({ ...row, original_filename: name }, {})['content-disposition'] ?? '';

test('дальше идут только вопросы о содержимом', () => {
  const conditions = { range: 'bytes=0-1', 'if-none-match': undefined };
  assert.deepEqual(passedConditions(conditions), { range: 'bytes=0-1' });
});

test('имя остаётся именем, что бы в нём ни стояло', () => {
  assert.equal(
    dispositionOf('отчёт.pdf'),
    `attachment; filename="?????.pdf"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf`,
  );
  for (const name of ['a"b\\c.txt', 'a;b.txt', 'a b%20c.txt', '€ rates.txt', '🎉.mov', 'я'.repeat(127)]) {
    const header = dispositionOf(name);
    assert.match(header, /^attachment(;|$)/);
    assert.match(header, /^[\x20-\x7e]+$/, header);
  }
  assert.ok(dispositionOf('a b%20c.txt').includes("filename*=UTF-8''a%20b%2520c.txt"));
});

test('чужое содержимое браузер не исполнит', () => {
  const headers = answerHeaders(row, { 'content-length': '10', 'set-cookie': 'a=b', 'artstore-storage-id': 'x' });
  assert.equal(headers['content-type'], 'text/html');
  assert.match(headers['content-security-policy'] ?? '', /^sandbox/);
  assert.ok(!('set-cookie' in headers) && !('artstore-storage-id' in headers));
});

test('Content-Range читается строго', () => {
  assert.deepEqual(parseContentRange('bytes 5-9/10'), { start: 5, end: 9, size: 10 });
  for (const text of ['bytes */10', 'bytes 9-5/10', 'bytes 5-10/10', 'bytes 0-1/*', 'items 0-1/2', '', undefined]) {
    assert.equal(parseContentRange(text), undefined);
  }
});
