// Негодный ввод одним списком: у каждого свой код, и после всех на диске и в списке — только то, что было.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, startElement } from './start-element.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Все имена в каталоге данных, где бывают файлы, и их содержимое. */
function treeOf(dataDir: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const room of ['files', 'staging', 'quarantine']) {
    for (const entry of readdirSync(join(dataDir, room), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      tree[path] = entry.isFile() ? readFileSync(path, 'utf8') : '';
    }
  }
  return tree;
}

/** Ответ раскладки не ждёт: файл ложится на место чуть позже. Последним появляется описание, целиком. */
async function treeWhenPlaced(dataDir: string): Promise<Record<string, string>> {
  for (let turns = 0; turns < 1000; turns += 1) {
    const tree = treeOf(dataDir);
    if (Object.entries(tree).some(([path, text]) => path.endsWith('.attr.json') && text.endsWith('}\n'))) return tree;
    await sleep(5);
  }
  throw new Error('файл так и не лёг на место');
}

test('негодный ввод: верный код, ничего не осталось', async (t) => {
  const element = await startElement(t, { env: { SE_LOG_LEVEL: 'fatal' } });
  const known = newId();
  assert.equal((await element.put(known, 'тело')).status, 201);
  const tree = await treeWhenPlaced(element.dataDir);
  const before = (await element.call('GET', '/api/v1/changes')).json<{ next_after: number }>().next_after;
  const { tokens, storageId } = element;
  const all = 'files:read files:write storage:read storage:write';
  const wrongSum = `sha-256=:${Buffer.alloc(32).toString('base64')}:`;
  const put = (intent: object) => () => element.put(newId(), 'x', { intent });
  const get =
    (path: string, headers: Record<string, string> = {}) =>
    () =>
      element.call('GET', `/api/v1${path}`, { headers });
  const mode = (body: object) => () =>
    element.call('POST', '/api/v1/mode/transition', { body: JSON.stringify(body), headers: JSON_TYPE });
  const patch = (body: string) => () => element.call('PATCH', `/api/v1/files/${known}`, { body, headers: JSON_TYPE });

  const CASES: readonly (readonly [string, string, () => ReturnType<typeof element.call>])[] = [
    ['file_id не UUID', 'VALIDATION_ERROR', () => element.put('не-uuid'.replace(/[^-\w]/g, 'x'), 'x')],
    ['занятый file_id, другие байты', 'CONFLICT', () => element.put(known, 'другое')],
    ['чужая сумма', 'CHECKSUM_MISMATCH', () => element.put(newId(), 'x', { headers: { 'repr-digest': wrongSum } })],
    ['метаданные — массив', 'VALIDATION_ERROR', put({ metadata: [] })],
    ['метаданные больше 8 КиБ', 'VALIDATION_ERROR', put({ metadata: { a: 'x'.repeat(9000) } })],
    ['NUL в имени', 'VALIDATION_ERROR', put({ original_filename: 'a\0b' })],
    ['управляющий знак в имени', 'VALIDATION_ERROR', put({ original_filename: 'a\u0007b' })],
    ['срок у постоянного', 'VALIDATION_ERROR', put({ retention_policy: 'permanent', ttl_days: 5 })],
    ['срок 0', 'VALIDATION_ERROR', put({ ttl_days: 0 })],
    ['срок 366', 'VALIDATION_ERROR', put({ ttl_days: 366 })],
    ['неизвестное поле', 'VALIDATION_ERROR', put({ lishnee: 1 })],
    ['постоянный в edit', 'MODE_NOT_ALLOWED', put({ retention_policy: 'permanent', ttl_days: null })],
    ['edit → rw', 'INVALID_TRANSITION', mode({ target_mode: 'rw' })],
    ['edit → ar', 'INVALID_TRANSITION', mode({ target_mode: 'ar', confirm: true })],
    ['неизвестный режим', 'VALIDATION_ERROR', mode({ target_mode: 'xx' })],
    ['участок за концом', 'INVALID_RANGE', get(`/files/${known}/download`, { range: 'bytes=1000-' })],
    ['offset −1', 'VALIDATION_ERROR', get('/files?offset=-1')],
    ['offset 2^53', 'VALIDATION_ERROR', get('/files?offset=9007199254740992')],
    ['limit 0', 'VALIDATION_ERROR', get('/files?limit=0')],
    ['неизвестный статус', 'VALIDATION_ERROR', get('/files?status=xx')],
    ['правка: неизвестное поле', 'VALIDATION_ERROR', patch('{"size":1}')],
    ['правка: не JSON', 'VALIDATION_ERROR', patch('{')],
    ['чужая аудитория', 'UNAUTHORIZED', () => element.put(newId(), 'x', { token: tokens.token(newId(), all) })],
    ['alg none', 'UNAUTHORIZED', () => element.put(newId(), 'x', { token: tokens.forged('none', storageId, all) })],
    ['HS256', 'UNAUTHORIZED', () => element.put(newId(), 'x', { token: tokens.forged('hs256', storageId, all) })],
  ];
  for (const [title, code, send] of CASES) {
    const reply = await send();
    assert.equal(reply.code(), code, `${title}: ${reply.status} ${reply.bytes.toString().slice(0, 300)}`);
  }
  assert.deepEqual(treeOf(element.dataDir), tree);
  assert.equal((await element.call('GET', '/api/v1/files')).json<{ total: number }>().total, 1);
  assert.equal((await element.call('GET', '/api/v1/changes')).json<{ next_after: number }>().next_after, before);
});
