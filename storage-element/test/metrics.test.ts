// Метрики работающего элемента: каждая обещанная величина на месте и значит то, что названо.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, startElement } from './start-element.ts';

const PROMISED = [
  'http_requests_total',
  'http_request_duration_seconds_bucket',
  'se_uploads_total',
  'se_upload_seconds_bucket',
  'se_upload_size_bytes_bucket',
  'se_received_bytes_total',
  'se_sent_bytes_total',
  'se_log_batch_records_bucket',
  'se_log_sync_seconds_bucket',
  'se_log_bytes_total',
  'se_log_segments',
  'se_checkpoint_age_seconds',
  'se_revision',
  'se_catalog_bytes',
  'se_catalog_tombstones',
  'se_files',
  'se_capacity_bytes',
  'se_ballast_bytes',
  'se_unplaced_bytes',
  'se_placing_stalled',
  'se_data_directory',
  'se_writes_stopped',
  'se_mode',
  'se_jwks_age_seconds',
  'se_certificate_expiry_timestamp_seconds',
  'nodejs_eventloop_lag_seconds',
];

test('обещанные метрики на месте, а чужие адреса новых рядов не заводят', async (t) => {
  const element = await startElement(t);
  const id = newId();
  assert.equal((await element.put(id, 'тело')).status, 201);
  assert.equal((await element.put(id, 'тело')).status, 200);
  assert.equal((await element.put(newId(), 'тело', { headers: { 'content-length': '7000000000' } })).status, 413);
  assert.equal((await element.call('GET', `/api/v1/files/${id}/download`)).status, 200);
  for (let index = 0; index < 20; index += 1) await element.call('GET', `/чужое-${index}`.replace(/[^/\w-]/g, 'x'));
  const text = (await element.call('GET', '/metrics', { token: null })).bytes.toString();
  for (const name of PROMISED) assert.match(text, new RegExp(`^${name}(\\{| )`, 'm'), name);
  const value = (name: string, label: string): number =>
    Number(new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (\\S+)`, 'm').exec(text)?.[1]);
  assert.deepEqual(
    ['created', 'known', 'failed'].map((result) => value('se_uploads_total', `result="${result}"`)),
    [1, 1, 1],
  );
  assert.equal(value('se_files', 'status="active"'), 1);
  assert.equal(value('se_files', 'status="missing"'), 0);
  assert.equal(value('se_mode', 'mode="edit"'), 1);
  assert.equal(value('se_data_directory', 'state="present"'), 1);
  const expiresInHours = (value('se_certificate_expiry_timestamp_seconds', 'service') - Date.now() / 1000) / 3600;
  assert.ok(expiresInHours > 22 && expiresInHours < 25, `${expiresInHours} ч`);
  assert.ok(!text.includes(id), 'идентификатор файла — не метка');
  assert.equal(text.match(/^http_requests_total\{[^}]*route="unmatched"/gm)?.length, 1);
});
