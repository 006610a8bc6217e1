// Набор близости: что обязано находиться и что не должно. Данные — relevance/files.json и relevance/queries.json.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openFilesView } from '../src/registry/files-view.ts';
import { searchFiles } from '../src/search/search-files.ts';
import { fileRow, insertFiles, registryDatabase } from './registry-fixture.ts';

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

test('набор близости: находится то, что ищут, и не находится лишнее', async (t) => {
  const registry = await registryDatabase(t);
  const files = await readData<RelevanceFile>('files.json');
  const queries = await readData<RelevanceQuery>('queries.json');
  await insertFiles(
    registry,
    files.map((file) =>
      fileRow({ original_filename: file.name, description: file.description ?? '', tags: file.tags ?? [] }),
    ),
  );
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
