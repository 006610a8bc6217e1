// Широкий поиск: совпадений больше, чем считается точно. Шестьдесят тысяч строк — предел виден, а тест ещё быстр.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { type FilesView, openFilesView } from '../src/registry/files-view.ts';
import { searchFiles } from '../src/search/search-files.ts';
import { createIndexes, createRegistry, emptyDatabase, fileRow, insertFiles } from './registry-fixture.ts';

const ROWS = 60_000;

/** Каждый второй — «договор», каждый сотый — «акт»; «древний» — только первые двадцать тысяч, самые старые. */
async function broadRegistry(t: TestContext): Promise<FilesView> {
  const registry = await emptyDatabase(t);
  await createRegistry(registry);
  const sample = fileRow();
  await insertFiles(registry, [sample]);
  await registry.pool.query('DELETE FROM files');
  await registry.pool.query(
    `INSERT INTO files (file_id, storage_element_id, original_filename, content_type, size, checksum, uploaded_by, uploaded_at,
        description, tags, metadata, status, retention_policy, version, revision)
     SELECT gen_random_uuid(), $1, concat_ws('_', CASE WHEN n % 2 = 0 THEN 'договор' ELSE 'скан' END,
          CASE WHEN n % 100 = 0 THEN 'акт' END, CASE WHEN n < 20000 THEN 'древний' END, n) || '.pdf',
        'application/pdf', n % 1000, repeat('a', 64), 'sa', timestamptz '2020-01-01' + n * interval '1 minute',
        '', '{}', '{}', 'active', 'permanent', 1, 1
     FROM generate_series(1, $2::int) AS n`,
    [sample.storage_element_id, ROWS],
  );
  await createIndexes(registry);
  return openFilesView({ pool: registry.pool, searchTimeoutMs: 10_000 });
}

test('широкий поиск: число — оценка, порядок верен, страницы не пересекаются', async (t) => {
  const files = await broadRegistry(t);

  await t.test('до предела число точно', async () => {
    const page = await searchFiles(files, { query: 'акты', mode: 'fulltext', limit: 10 });
    assert.deepEqual([page.total, page.total_is_estimate, page.has_more], [600, false, true]);
  });

  await t.test('за пределом число — оценка, близкая к правде', async () => {
    for (const request of [{}, { query: 'договор' }, { query: 'договоры', mode: 'fulltext' }] as const) {
      const page = await searchFiles(files, { ...request, limit: 10 });
      const truth = 'query' in request ? ROWS / 2 : ROWS;
      assert.ok(page.total_is_estimate && page.has_more);
      assert.ok(page.total > truth / 2 && page.total < truth * 2, `${JSON.stringify(request)}: ${page.total}`);
    }
  });

  await t.test('новейшие первыми, соседние страницы продолжают друг друга', async () => {
    const numbers: number[] = [];
    for (let offset = 0; offset < 400; offset += 100) {
      const page = await searchFiles(files, { query: 'договор', limit: 100, offset });
      numbers.push(...page.items.map((item) => Number(/\d+/.exec(item.original_filename)?.[0])));
    }
    assert.deepEqual(
      numbers,
      Array.from({ length: 400 }, (_, index) => ROWS - 2 * index),
    );
  });

  await t.test('близость широкого запроса: страницы тоже не пересекаются', async () => {
    const seen = new Set<string>();
    for (let offset = 0; offset < 600; offset += 150) {
      const page = await searchFiles(files, { query: 'договор', mode: 'fulltext', limit: 150, offset });
      for (const item of page.items) seen.add(item.file_id);
    }
    assert.equal(seen.size, 600);
  });

  await t.test('совпадения только среди старых строк находятся все', async () => {
    for (const mode of ['partial', 'fulltext'] as const) {
      const page = await searchFiles(files, { query: 'древний', mode, limit: 5, sort_by: 'uploaded_at' });
      assert.match(page.items[0]?.original_filename ?? '', /19999/);
      assert.equal(page.total, 19_999);
    }
  });

  await t.test('порядок по размеру и имени верен и за пределом', async () => {
    const largest = await searchFiles(files, { query: 'договор', sort_by: 'size', limit: 100 });
    assert.ok(largest.items.every((item) => item.size >= 996));
    const first = await searchFiles(files, {
      query: 'скан',
      sort_by: 'original_filename',
      sort_order: 'asc',
      limit: 3,
    });
    assert.deepEqual(
      first.items.map((item) => item.original_filename),
      ['скан_20001.pdf', 'скан_20003.pdf', 'скан_20005.pdf'],
    );
  });

  await t.test('широкий запрос листается не дальше ста тысяч, за концом — пусто', async () => {
    const beyond = await searchFiles(files, { query: 'договор', offset: 50_000, limit: 10 });
    assert.deepEqual(
      [beyond.items.length, beyond.has_more, beyond.total, beyond.total_is_estimate],
      [0, false, 30_000, false],
    );
    await assert.rejects(searchFiles(files, { offset: 100_001 }), (error) => isArtError(error, 'VALIDATION_ERROR'));
  });

  await t.test('части короче трёх знаков хватает соседей начала порядка', async () => {
    const page = await searchFiles(files, { query: 'ск', limit: 10 });
    assert.ok(page.items.every((item) => item.original_filename.startsWith('скан')));
  });
});
