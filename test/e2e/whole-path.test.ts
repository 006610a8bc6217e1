// Весь путь глазами чужого клиента: токен, загрузка обеих политик, поиск, скачивание, Range.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { listFiles } from '../../tools/list-files.ts';
import { type Content, contentOf, generatedContent } from './lib/content.ts';
import { projectRoot } from './lib/run-stand.ts';
import { useStand } from './lib/use-stand.ts';

const stand = useStand();
const DAY_MS = 86_400_000;

/** Загружает, находит, скачивает и сверяет: то, что обещано каждому файлу. */
async function roundTrip(
  filename: string,
  content: Content,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { caller } = stand();
  const uploaded = await caller.upload({ file: { filename, content }, fields });
  assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body));
  const { file_id: id } = uploaded.body;
  assert.equal(uploaded.body.original_filename, filename.normalize('NFC'));
  assert.equal(uploaded.body.checksum, content.sha256);
  assert.equal(uploaded.body.size, content.bytes);
  assert.equal(uploaded.body.registration, 'done');
  const found = await caller.search({ query: filename, mode: 'exact', limit: 1000 });
  assert.equal(found.status, 200, JSON.stringify(found.body));
  assert.ok(
    found.body.items.some((item) => item.file_id === id),
    `поиск не нашёл ${filename}`,
  );
  const downloaded = await caller.download(id);
  assert.deepEqual([downloaded.status, downloaded.bytes, downloaded.sha256], [200, content.bytes, content.sha256]);
  return id;
}

test('черновик попадает в edit со сроком 30 дней, постоянный файл — без срока', async () => {
  const { caller } = stand();
  const draft = await caller.upload({
    file: { filename: 'черновик.txt', content: contentOf(Buffer.from('черновик')) },
  });
  assert.deepEqual([draft.body.retention_policy, draft.body.ttl_days], ['temporary', 30]);
  const expiresInMs = Date.parse(draft.body.expires_at ?? '') - Date.now();
  assert.ok(Math.abs(expiresInMs - 30 * DAY_MS) < 60_000, String(draft.body.expires_at));
  const kept = await caller.upload({
    file: { filename: 'навсегда.txt', content: contentOf(Buffer.from('навсегда')) },
    fields: { retention_policy: 'permanent' },
  });
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  assert.deepEqual([kept.body.retention_policy, kept.body.ttl_days, kept.body.expires_at], ['permanent', null, null]);
  assert.equal(kept.body.uploaded_by, caller.stand.service_account.client_id);
});

test('имена людей доходят без изменений', async () => {
  const names = [
    'Договор №7_скан (копия).pdf',
    'a b%20c.txt',
    `${'ы'.repeat(125)}.docx`,
    "O'Brien & сыновья; 100% «ёлка» $HOME.txt",
    '文件 📄.md',
  ];
  assert.equal(Buffer.byteLength(names[2] ?? ''), 255);
  for (const name of names) await roundTrip(name, contentOf(Buffer.from(`содержимое ${name}`)));
});

test('файл находится по слову своего имени', async () => {
  const { caller } = stand();
  const content = contentOf(Buffer.from('акт сверки'));
  const uploaded = await caller.upload({ file: { filename: 'Акт_сверки-2026 (Ромашка).v2.pdf', content } });
  for (const query of ['сверки', 'РОМАШКА', 'ромашк']) {
    const found = await caller.search({ query });
    assert.ok(
      found.body.items.some((item) => item.file_id === uploaded.body.file_id),
      `не найден по «${query}»`,
    );
  }
});

test('метаданные, метки и описание возвращаются такими, какими отправлены', async () => {
  const { caller } = stand();
  const uploaded = await caller.upload({
    file: { filename: 'метки.bin', contentType: 'application/x-art', content: contentOf(Buffer.from('1')) },
    fields: {
      description: 'Описание с "кавычками"',
      tags: '["договор","2026"]',
      metadata: '{"отдел":{"имя":"юристы"},"n":1}',
    },
  });
  assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body));
  const seen = await caller.file(uploaded.body.file_id);
  assert.equal(seen.body['description'], 'Описание с "кавычками"');
  assert.deepEqual(seen.body['tags'], ['договор', '2026']);
  assert.deepEqual(seen.body['metadata'], { отдел: { имя: 'юристы' }, n: 1 });
  assert.equal(seen.body.content_type, 'application/x-art');
  assert.ok(!('storage_element_id' in seen.body) && !('revision' in seen.body), 'внутреннее не показано');
});

test('пустой файл — тоже файл', async () => {
  await roundTrip('пусто.txt', contentOf(Buffer.alloc(0)));
});

test('документы самого проекта проходят весь путь', async () => {
  const documents = listFiles(projectRoot)
    .filter((path) => /\.(md|yaml|json)$/.test(path))
    .slice(0, 40);
  assert.ok(documents.length > 5);
  for (const path of documents) await roundTrip(basename(path), contentOf(readFileSync(join(projectRoot, path))));
});

test('участок, продолжение и условный запрос отвечают по RFC 9110', async () => {
  const { caller } = stand();
  const data = Buffer.from('0123456789'.repeat(1000));
  const { body } = await caller.upload({ file: { filename: 'цифры.txt', content: contentOf(data) } });
  const part = await caller.download(body.file_id, { range: 'bytes=10-19' });
  assert.deepEqual([part.status, part.bytes, part.headers['content-range']], [206, 10, 'bytes 10-19/10000']);
  assert.equal(part.sha256, contentOf(data.subarray(10, 20)).sha256);
  const tail = await caller.download(body.file_id, { range: 'bytes=-5' });
  assert.deepEqual([tail.status, tail.headers['content-range']], [206, 'bytes 9995-9999/10000']);
  const beyond = await caller.download(body.file_id, { range: 'bytes=10000-' });
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */10000']);
  const etag = String(part.headers['etag']);
  assert.equal((await caller.download(body.file_id, { 'if-none-match': etag })).status, 304);
  assert.equal((await caller.download(body.file_id, { range: 'bytes=0-0', 'if-range': etag })).status, 206);
  assert.equal((await caller.download(body.file_id, { range: 'bytes=0-0', 'if-range': '"other"' })).status, 200);
});

test('скачивание предлагает имя файла и не даёт браузеру исполнить содержимое', async () => {
  const { caller } = stand();
  const content = contentOf(Buffer.from('<script>alert(1)</script>'));
  const { body } = await caller.upload({ file: { filename: 'Отчёт.html', contentType: 'text/html', content } });
  const { headers } = await caller.download(body.file_id);
  assert.match(
    String(headers['content-disposition']),
    /^attachment;.*filename\*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82\.html/,
  );
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(String(headers['content-security-policy']), /sandbox/);
  for (const [name, value] of Object.entries(headers)) {
    assert.doesNotMatch(
      `${name}: ${String(value)}`,
      /artstore-storage-id|https?:|127\.0\.0\.1/i,
      'адрес и имя элемента клиенту не видны',
    );
  }
});

test('повтор с тем же Idempotency-Key не создаёт второго файла, другое содержимое — 409', async () => {
  const { caller } = stand();
  const headers = { 'idempotency-key': 'e2e-key-1' };
  const file = { filename: 'повтор.txt', content: contentOf(Buffer.from('раз')) };
  const first = await caller.upload({ file, headers });
  const second = await caller.upload({ file, headers });
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.equal(second.body.file_id, first.body.file_id);
  const other = await caller.upload({
    file: { filename: 'повтор.txt', content: contentOf(Buffer.from('два')) },
    headers,
  });
  assert.deepEqual([other.status, other.body.error.code], [409, 'CONFLICT']);
  assert.equal((await caller.search({ query: 'повтор.txt', mode: 'exact' })).body.total, 1);
});

test('страница /docs каждого модуля, и обоих элементов хранения, открывается и берёт всё с него же', async () => {
  const { caller } = stand();
  const { admin, ingester, query, elements } = caller.stand.urls;
  assert.equal(Object.keys(elements).length, 2);
  for (const url of [admin, ingester, query, ...Object.values(elements)]) {
    const page = await caller.get(`${url}/docs`);
    assert.equal(page.status, 200, url);
    const links = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(
      (match) => new URL(match[1] ?? '', `${url}/docs`),
    );
    assert.ok(links.length >= 2, page.text);
    for (const link of links) {
      assert.equal(link.origin, new URL(url).origin, `${link.href} — чужой адрес`);
      const target = await caller.get(link.href);
      assert.equal(target.status, 200, link.href);
      assert.ok(target.text.length > 0, link.href);
    }
  }
});

test('учётная запись demo нигде не видит, на каком элементе лежит файл', async () => {
  const { caller } = stand();
  const { admin, ingester, query, elements } = caller.stand.urls;
  const names = await Promise.all(
    Object.values(elements).map(async (url) => {
      const info: { storage_id: string } = JSON.parse((await caller.get(`${url}/api/v1/info`)).text);
      return info.storage_id;
    }),
  );
  const secrets = [...names, ...Object.values(elements).map((url) => new URL(url).host)];
  assert.equal(new Set(secrets).size, 4);
  const content = contentOf(Buffer.from('где я лежу'));
  const headers = { 'idempotency-key': 'e2e-where' };
  const uploaded = await caller.upload({ file: { filename: 'где.txt', content }, headers });
  assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body));
  const id = uploaded.body.file_id;
  const found = await caller.search({ query: 'где.txt', mode: 'exact' });
  assert.equal(found.body.total, 1);
  const seen: unknown[] = [uploaded, found, await caller.file(id), await caller.download(id)];
  seen.push(await caller.file('00000000-0000-7000-8000-000000000000'));

  const authorization = `Bearer ${await caller.token()}`;
  for (const path of [`${admin}/api/v1/files`, `${admin}/api/v1/files/${id}`, `${admin}/api/v1/storage-elements`]) {
    const refused = await caller.get(path, { headers: { authorization } });
    assert.equal(refused.status, 403, `${path}: ${refused.text}`);
    seen.push(refused);
  }
  for (const url of [admin, ingester, query]) {
    for (const path of ['/health/ready', '/health/live', '/metrics']) seen.push(await caller.get(`${url}${path}`));
  }
  for (const reply of seen) {
    const text = JSON.stringify(reply);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} виден в ${text.slice(0, 2000)}`);
  }
});

test('файл в 1 ГиБ проходит весь путь потоком', { timeout: 180_000 }, async () => {
  await roundTrip('гигабайт.bin', generatedContent('1g', 2 ** 30), { retention_policy: 'permanent' });
});
