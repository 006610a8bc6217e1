// Поиск через HTTP на настоящей базе: условия, порядок, страницы, сроки и негодный ввод.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileRow } from '../src/registry/file-row.ts';
import { fileRow, insertFiles } from './registry-fixture.ts';
import { type ErrorReply, startQuery } from './start-query.ts';

const DAY_MS = 86_400_000;
/** Обещано 2 с; запас — на занятую чужой работой машину. */
const ANSWER_MS_MAX = 10_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');

/** Тридцать файлов по дню на каждый, с повторяющимися размерами и именами. */
function manyFiles(): FileRow[] {
  return Array.from({ length: 30 }, (_, index) =>
    fileRow({
      original_filename: `отчёт_${index % 10}.${index % 3 === 0 ? 'pdf' : index % 3 === 1 ? 'tar.gz' : 'DOCX'}`,
      size: 1000 * (index % 5),
      uploaded_at: new Date(START_MS + index * DAY_MS).toISOString(),
      uploaded_by: index % 2 === 0 ? 'sa_even_1' : 'sa_odd_1',
      tags: index % 4 === 0 ? ['четвёртый', 'общий'] : ['общий'],
      metadata: { place: { room: index % 3 }, number: index },
      retention_policy: index % 6 === 0 ? 'temporary' : 'permanent',
      ttl_days: index % 6 === 0 ? 30 : null,
      expires_at: index % 6 === 0 ? new Date(Date.now() + DAY_MS).toISOString() : null,
    }),
  );
}

test('каждое условие отбирает своё, и условия соединяются', async (t) => {
  const query = await startQuery(t);
  const rows = manyFiles();
  await insertFiles(query.registry, rows);
  const expected: [string, Record<string, unknown>, (row: FileRow, index: number) => boolean][] = [
    ['без условий — всё', {}, () => true],
    ['расширение без точки', { file_extension: 'pdf' }, (row) => row.original_filename.endsWith('.pdf')],
    [
      'расширение с точкой и в другом регистре',
      { file_extension: '.docx' },
      (row) => row.original_filename.endsWith('.DOCX'),
    ],
    ['составное расширение', { file_extension: 'tar.gz' }, (row) => row.original_filename.endsWith('.tar.gz')],
    ['метки все разом', { tags: ['общий', 'четвёртый'] }, (_, index) => index % 4 === 0],
    ['вложенные метаданные', { metadata: { place: { room: 1 } } }, (_, index) => index % 3 === 1],
    ['сумма', { checksum: rows[7]?.checksum }, (_, index) => index === 7],
    ['кто загрузил', { uploaded_by: 'sa_odd_1' }, (_, index) => index % 2 === 1],
    ['политика хранения', { retention_policy: 'temporary' }, (_, index) => index % 6 === 0],
    ['размер включительно', { min_size: 1000, max_size: 2000 }, (row) => row.size >= 1000 && row.size <= 2000],
    [
      'время: от включительно, до исключая',
      { uploaded_after: '2026-01-03T00:00:00Z', uploaded_before: '2026-01-06T03:00:00+03:00' },
      (_, index) => index >= 2 && index < 5,
    ],
    ['часть имени условием', { filename: 'ОТЧЕТ_3' }, (row) => row.original_filename.startsWith('отчёт_3')],
    [
      'имя целиком условием',
      { mode: 'exact', filename: 'ОТЧЁТ_3.PDF' },
      (row) => row.original_filename === 'отчёт_3.pdf',
    ],
    [
      'всё вместе',
      {
        query: 'отчеты',
        mode: 'fulltext',
        file_extension: 'pdf',
        uploaded_by: 'sa_even_1',
        tags: ['общий'],
        min_size: 1,
      },
      (row, index) => index % 6 === 0 && row.size > 0,
    ],
  ];
  for (const [title, body, matches] of expected) {
    await t.test(title, async () => {
      const page = await query.search(body);
      const wanted = rows.filter(matches).map((row) => row.file_id);
      assert.deepEqual(page.items.map((item) => item.file_id).sort(), wanted.sort());
      assert.equal(page.total, wanted.length);
      assert.equal(page.total_is_estimate, false);
      assert.equal(page.has_more, false);
    });
  }
});

test('порядок полный: страницы не пересекаются и ничего не теряют', async (t) => {
  const query = await startQuery(t);
  const rows = manyFiles();
  await insertFiles(query.registry, rows);
  for (const sort_by of ['uploaded_at', 'original_filename', 'size', 'relevance']) {
    for (const sort_order of ['asc', 'desc']) {
      const seen: string[] = [];
      for (let offset = 0; offset < 35; offset += 7) {
        const page = await query.search({ query: 'отчёт', mode: 'fulltext', sort_by, sort_order, limit: 7, offset });
        assert.equal(page.total, 30);
        assert.equal(page.has_more, offset + 7 < 30);
        seen.push(...page.items.map((item) => item.file_id));
      }
      assert.equal(new Set(seen).size, 30, `${sort_by} ${sort_order}`);
      assert.equal(seen.length, 30, `${sort_by} ${sort_order}`);
    }
  }
  const bySize = await query.search({ sort_by: 'size', sort_order: 'asc' });
  const sizes = bySize.items.map((item) => item.size);
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => a - b),
  );
  const newest = await query.search({ limit: 1 });
  assert.equal(newest.items[0]?.file_id, rows.at(-1)?.file_id);
});

test('истёкший по времени файл не показан действующим, хотя отметки о сроке ещё нет', async (t) => {
  const query = await startQuery(t);
  const expired = fileRow({
    retention_policy: 'temporary',
    ttl_days: 1,
    expires_at: new Date(Date.now() - 1000).toISOString(),
  });
  const marked = fileRow({ status: 'expired', expires_at: new Date(Date.now() - DAY_MS).toISOString() });
  const alive = fileRow({
    retention_policy: 'temporary',
    ttl_days: 1,
    expires_at: new Date(Date.now() + DAY_MS).toISOString(),
  });
  const deleted = fileRow({ status: 'deleted', deleted_at: new Date().toISOString() });
  await insertFiles(query.registry, [expired, marked, alive, deleted]);
  const ids = async (body: object): Promise<string[]> =>
    (await query.search(body)).items.map((item) => item.file_id).sort();
  assert.deepEqual(await ids({}), [alive.file_id]);
  assert.deepEqual(await ids({ status: 'expired' }), [expired.file_id, marked.file_id].sort());
  assert.deepEqual(await ids({ status: 'deleted' }), [deleted.file_id]);
  assert.ok((await query.search({ status: 'expired' })).items.every((item) => item.status === 'expired'));

  const metadata = await query.call('GET', `/api/v1/files/${expired.file_id}`);
  assert.equal(metadata.json<{ status: string }>().status, 'expired');
  assert.equal((await query.call('GET', `/api/v1/files/${deleted.file_id}`)).status, 404);
});

test('подсветка называет совпавшие слова, а ответ не выдаёт элемент хранения', async (t) => {
  const query = await startQuery(t);
  const row = fileRow({
    original_filename: 'договор_2026-скан.v2.pdf',
    description: 'К <b>договорам</b> поставки приложен акт приёма',
    tags: ['Договоры', 'прочее'],
  });
  await insertFiles(query.registry, [row]);
  const page = await query.search({ query: 'договор прием', mode: 'fulltext' });
  const item = page.items[0];
  assert.deepEqual(item?.highlight, {
    original_filename: [
      { text: 'договор', match: true },
      { text: '_2026-скан.v2.pdf', match: false },
    ],
    description: [
      { text: 'К <b>', match: false },
      { text: 'договорам', match: true },
      { text: '</b> поставки приложен акт ', match: false },
      { text: 'приёма', match: true },
    ],
    tags: [[{ text: 'Договоры', match: true }]],
  });
  assert.ok(item !== undefined && item.relevance !== undefined && item.relevance > 0 && item.relevance <= 1);
  assert.ok(!('storage_element_id' in item));
  const part = await query.search({ query: 'СКАН' });
  assert.deepEqual(part.items[0]?.highlight?.original_filename?.[1], { text: 'скан', match: true });
});

test('негодный ввод — верный ответ или VALIDATION_ERROR, никогда не 500', async (t) => {
  const query = await startQuery(t);
  await insertFiles(query.registry, manyFiles());
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
  const cases: [string, unknown, number][] = [
    ['NUL в запросе', { query: 'а\0б' }, 400],
    ['NUL в метке', { tags: ['\0'] }, 400],
    ['NUL в ключе метаданных', { metadata: { 'a\0': 1 } }, 400],
    ['NUL в значении метаданных', { metadata: { a: ['\0'] } }, 400],
    ['разорванный суррогат', { query: '\ud800' }, 400],
    ['сто тысяч меток', { tags: Array.from({ length: 100_000 }, (_, index) => `метка${index}`) }, 400],
    ['минимум больше максимума', { min_size: 2, max_size: 1 }, 400],
    ['время наоборот', { uploaded_after: '2026-02-01T00:00:00Z', uploaded_before: '2026-01-01T00:00:00Z' }, 400],
    ['несуществующее время', { uploaded_after: '2026-02-31T00:00:00Z' }, 400],
    ['год ноль', { uploaded_after: '0000-01-01T00:00:00Z' }, 400],
    ['метаданные глубже пяти', { metadata: deep(6) }, 400],
    ['метаданные глубиной в тысячу', { metadata: deep(1_000) }, 400],
    ['метаданные глубиной в сто тысяч', `{"metadata":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`, 400],
    ['метаданные больше 8 КиБ', { metadata: { a: 'x'.repeat(9_000) } }, 400],
    ['501 знак', { query: 'я'.repeat(501) }, 400],
    ['пустой запрос', { query: '' }, 400],
    ['лишнее поле', { querry: 'а' }, 400],
    ['чужой режим', { mode: 'regex' }, 400],
    ['предел 0', { limit: 0 }, 400],
    ['предел 1001', { limit: 1001 }, 400],
    ['отрицательный сдвиг', { offset: -1 }, 400],
    ['дробный размер', { min_size: 1.5 }, 400],
    ['сумма не той длины', { checksum: 'abc' }, 400],
    ['тело не объект', [], 400],
    ['тело не JSON', '{', 400],
    ['500 знаков', { query: 'договор '.repeat(62) + 'да', mode: 'fulltext' }, 200],
    [
      'сто разных слов',
      { query: Array.from({ length: 100 }, (_, index) => `s${index}`).join(' '), mode: 'fulltext' },
      200,
    ],
    ['слова в кавычках без конца', { query: '"отчёт pdf" '.repeat(41), mode: 'fulltext' }, 200],
    ['знаки образцов в кавычках', { query: '"отч.*т (pdf|docx)+" "[а-я]{9,} \\d"', mode: 'fulltext' }, 200],
    ['500 знаков части имени', { query: 'я'.repeat(500) }, 200],
    ['500 кавычек', { query: '"'.repeat(500), mode: 'fulltext' }, 200],
    ['операторы tsquery', { query: `a & b | !c <-> (d):*A '' \\ "`, mode: 'fulltext' }, 200],
    ['кавычка SQL', { query: `'; DROP TABLE files; --` }, 200],
    ['подстановочные знаки', { query: '%_%\\' }, 200],
    ['одни минусы', { query: '- -- -', mode: 'fulltext' }, 200],
    ['одно отрицание', { query: '-отчёт', mode: 'fulltext' }, 200],
    ['огромный сдвиг', { offset: Number.MAX_SAFE_INTEGER }, 200],
    ['огромный размер', { min_size: Number.MAX_SAFE_INTEGER }, 200],
    ['расширение из точек', { file_extension: '...' }, 200],
    ['расширение со знаками LIKE', { file_extension: 'a%.g_z' }, 200],
    ['пустые метаданные', { metadata: {} }, 200],
    ['близость без запроса', { sort_by: 'relevance' }, 200],
    ['близость точного имени', { sort_by: 'relevance', mode: 'exact', query: 'отчёт_3.pdf' }, 200],
  ];
  for (const [title, body, status] of cases) {
    await t.test(title, async () => {
      const startedAt = performance.now();
      const reply = await query.call('POST', '/api/v1/search', { body });
      assert.equal(reply.status, status, reply.bytes.toString().slice(0, 500));
      if (status === 400) assert.equal(reply.json<ErrorReply>().error.code, 'VALIDATION_ERROR');
      assert.ok(performance.now() - startedAt < ANSWER_MS_MAX);
    });
  }
  assert.equal((await query.search({})).total, 30);
});

test('без токена, без права и с чужим получателем поиска нет', async (t) => {
  const query = await startQuery(t);
  const ask = async (token: string | null): Promise<number> =>
    (await query.call('POST', '/api/v1/search', { body: {}, token })).status;
  assert.equal(await ask(null), 401);
  assert.equal(await ask(query.admin.token({ scopes: 'files:write' })), 403);
  assert.equal(await ask(query.admin.token({ audience: 'other' })), 401);
  assert.equal(await ask(query.admin.token()), 200);
  const user = {
    sub: 'anna',
    username: 'anna',
    uid: 'b5f1c9d0-0000-4000-8000-000000000001',
    scope: null,
    scopes: null,
    client_id: null,
  };
  assert.equal(await ask(query.admin.token({ claims: { ...user, role: 'readonly' } })), 200);
});

test('нарушения объяснены на языке клиента', async (t) => {
  const query = await startQuery(t);
  const explain = async (language: string): Promise<string> => {
    const sending = { body: { min_size: 2, max_size: 1 }, headers: { 'accept-language': language } };
    const reply = await query.call('POST', '/api/v1/search', sending);
    return reply.json<ErrorReply>().error.details?.[0]?.message ?? '';
  };
  assert.equal(await explain('ru'), 'min_size больше max_size');
  assert.equal(await explain('en'), 'min_size is greater than max_size');
});
