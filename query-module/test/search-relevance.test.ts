// Набор близости: что обязано находиться и что не должно. Данные — relevance/files.json и relevance/queries.json.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openFilesView } from '../src/registry/files-view.ts';
import { readCriteria } from '../src/search/criteria.ts';
import { searchFiles } from '../src/search/search-files.ts';
import { type Clause, lookupClause, sortKeyExpression, whereClause } from '../src/search/where-clause.ts';
import { fileRow, insertFiles, type Registry, registryDatabase } from './registry-fixture.ts';

interface RelevanceFile {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly tags?: string[];
}

interface RelevanceQuery {
  readonly mode: 'exact' | 'partial' | 'fulltext';
  readonly query: string;
  readonly finds: string[];
  readonly misses?: string[];
  readonly first?: string;
  /** Кроме finds, ничего найтись не должно. */
  readonly only?: boolean;
  readonly why?: string;
}

async function readData<T>(name: string): Promise<T[]> {
  return JSON.parse(await readFile(new URL(`relevance/${name}`, import.meta.url), 'utf8')) as T[];
}

/** Наполняет реестр файлами набора и возвращает его запросы. */
async function loadSet(registry: Registry): Promise<{ files: RelevanceFile[]; queries: RelevanceQuery[] }> {
  const files = await readData<RelevanceFile>('files.json');
  await insertFiles(
    registry,
    files.map((file) =>
      fileRow({ original_filename: file.name, description: file.description ?? '', tags: file.tags ?? [] }),
    ),
  );
  return { files, queries: await readData<RelevanceQuery>('queries.json') };
}

test('набор близости: находится то, что ищут, и не находится лишнее', async (t) => {
  const registry = await registryDatabase(t);
  const { files, queries } = await loadSet(registry);
  const idOf = new Map(files.map((file) => [file.name, file.id]));
  const view = openFilesView({ pool: registry.pool, searchTimeoutMs: 2_000 });
  assert.ok(queries.length >= 60);

  for (const { mode, query, finds, misses = [], first, only = false, why = '' } of queries) {
    await t.test(`${mode} «${query}» ${why}`, async () => {
      const { items, total } = await searchFiles(view, { mode, query });
      const found = items.map((item) => idOf.get(item.original_filename) ?? item.original_filename);
      assert.equal(total, items.length);
      if (only) assert.deepEqual([...found].sort(), [...finds].sort());
      for (const id of finds) assert.ok(found.includes(id), `не найден ${id}, найдены: ${found.join(', ')}`);
      for (const id of misses) assert.ok(!found.includes(id), `лишний ${id}`);
      if (first !== undefined) assert.equal(found[0], first);
    });
  }
});

test('условие для индекса и условие для строк находят одно и то же, что и сам запрос слов', async (t) => {
  const registry = await registryDatabase(t);
  const { queries } = await loadSet(registry);
  const view = openFilesView({ pool: registry.pool, searchTimeoutMs: 2_000 });
  const order = { expression: sortKeyExpression('uploaded_at'), descending: true };

  async function find(clause: Clause): Promise<string[]> {
    const page = { where: clause, check: clause, order, limit: 1_000, offset: 0 };
    const { rows } = await view.search((session) => session.collect(page, 1_000));
    return rows.map((row) => row.original_filename).sort();
  }

  for (const { query } of queries.filter(({ mode }) => mode === 'fulltext')) {
    const criteria = readCriteria({ mode: 'fulltext', query });
    const { rows } = await registry.pool.query<{ name: string }>(
      `SELECT original_filename AS name FROM files
       WHERE query.search_vector(original_filename, description, tags) @@ query.words_query($1)`,
      [criteria.words?.websearch],
    );
    const truth = rows.map((row) => row.name).sort();
    assert.deepEqual(await find(lookupClause(criteria)), truth, `по индексу: ${query}`);
    assert.deepEqual(await find(whereClause(criteria)), truth, `по строкам: ${query}`);
  }
});
