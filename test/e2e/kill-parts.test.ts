// kill -9 любой части во время загрузок. Внешняя книга помнит, что система подтвердила: подтверждённое скачивается
// с той же суммой, неподтверждённое либо целое, либо его нет, повтор с тем же ключом второго файла не создаёт.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UploadedFile } from './lib/caller.ts';
import { type Content, generatedContent } from './lib/content.ts';
import { useStand } from './lib/use-stand.ts';

const KILLS = 50;
const WRITERS = 4;
const PARTS = ['postgres', 'admin', 'se-edit', 'se-rw', 'ingester', 'query'];
const READY_TIMEOUT_MS = 30_000;
const ACKNOWLEDGED_BETWEEN_KILLS = 3;
const PROGRESS_TIMEOUT_MS = 2_000;
/** Сколько скачивать видимое: между падениями и перед повторами. */
const VERIFY_BETWEEN_KILLS_MS = 1_500;
const VERIFY_AT_END_MS = 10_000;

const stand = useStand();

interface Entry {
  readonly key: string;
  readonly filename: string;
  readonly policy: string;
  readonly content: Content;
  /** Идентификатор из подтверждения; undefined — подтверждения не было. */
  id?: string;
}

/** Одна попытка загрузки; отказ и обрыв — не ошибка проверки, а её предмет. */
async function attempt(entry: Entry): Promise<number> {
  const { caller } = stand();
  try {
    const reply = await caller.upload({
      file: { filename: entry.filename, content: entry.content },
      fields: { retention_policy: entry.policy },
      headers: { 'idempotency-key': entry.key },
      signal: AbortSignal.timeout(60_000),
    });
    if (reply.status === 201 || reply.status === 202) {
      assert.equal(reply.body.checksum, entry.content.sha256, 'подтверждённая сумма верна');
      if (entry.id !== undefined) assert.equal(reply.body.file_id, entry.id, 'повтор нашёл тот же файл');
      entry.id = reply.body.file_id;
    }
    return reply.status;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return 0;
  }
}

async function readiness(url: string): Promise<string> {
  try {
    const { text } = await stand().caller.get(`${url}/health/ready`);
    const body: { status: string } = JSON.parse(text);
    return body.status === 'ok' ? 'ok' : text;
  } catch (error) {
    return String(error);
  }
}

async function waitReady(): Promise<void> {
  const { urls } = stand().caller.stand;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (const url of [urls.admin, urls.ingester, urls.query, ...Object.values(urls.elements)]) {
    for (;;) {
      const ready = await readiness(url);
      if (ready === 'ok') break;
      if (performance.now() > deadline) assert.fail(`${url} не готов: ${ready}\n${stand().launched.output()}`);
      await sleep(50);
    }
  }
}

test('50 раз kill -9 любой части во время загрузок: подтверждённое цело, наполовину видимого нет, повтор не двоит', {
  timeout: 240_000,
}, async (t) => {
  const ledger: Entry[] = [];
  const verified = new Set<string>();
  const stopping = new AbortController();
  const statuses = new Map<number, number>();
  const writer = async (number: number): Promise<void> => {
    for (let index = 0; !stopping.signal.aborted; index += 1) {
      const size = [0, 1_000, 60_000, 70_000, 1_500_000, 6_000_000][index % 6] ?? 0;
      const entry: Entry = {
        key: randomUUID(),
        filename: `kill-${number}-${index}.bin`,
        policy: index % 2 === 0 ? 'temporary' : 'permanent',
        content: generatedContent(`kill/${number}/${index}`, size),
      };
      ledger.push(entry);
      // Клиент, не получивший ответа, повторяет с тем же ключом: иногда сразу, иногда никогда.
      for (let tries = 0; tries < 3 && entry.id === undefined; tries += 1) {
        const status = await attempt(entry);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 0 || status >= 500) await sleep(100);
      }
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, number) => writer(number));

  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await progress(ledger);
      await sleep(Math.random() * 150);
      await killPart(PARTS[kill % PARTS.length] ?? '');
      if (kill % 10 === 9) {
        await waitReady();
        await checkVisible(ledger, verified, VERIFY_BETWEEN_KILLS_MS);
      }
    }
  } finally {
    stopping.abort();
    await Promise.all(writers);
  }
  await waitReady();
  const visible = await checkVisible(ledger, verified, VERIFY_AT_END_MS);
  const unfinished = ledger.filter((entry) => entry.id === undefined).length;

  const acknowledged = ledger.filter((entry) => entry.id !== undefined);
  assert.ok(acknowledged.length >= 50, `подтверждено ${acknowledged.length}; ответы ${JSON.stringify([...statuses])}`);
  await eachOf(ledger, async (entry) => {
    // Повтор: подтверждённая запись — тот же id, неподтверждённая теперь удаётся.
    const status = await attempt(entry);
    assert.ok(status === 201 || status === 202, `${entry.filename}: повтор ответил ${status}`);
    const downloaded = await downloadSoon(entry);
    assert.deepEqual([downloaded.status, downloaded.sha256], [200, entry.content.sha256], entry.filename);
  });
  const seen = await allFiles();
  const byName = Map.groupBy(seen, (file) => file.original_filename);
  for (const entry of ledger) {
    assert.deepEqual(
      byName.get(entry.filename)?.map((file) => file.file_id),
      [entry.id],
      `${entry.filename}: ровно один`,
    );
  }
  assert.equal(seen.length, ledger.length, 'лишних файлов нет');
  await stand().launched.stop();
  await checkDisks(ledger);
  t.diagnostic(
    `записей ${ledger.length}, подтверждено до повтора ${acknowledged.length}, без ответа ${unfinished}; ` +
      `видно ${visible}, из них до повтора скачано ${verified.size}`,
  );
});

/**
 * Ничего наполовину видимого: каждая строка поиска — файл из книги, у имени один идентификатор, и файл цел.
 * Скачиваются ещё не проверенные, сперва неподтверждённые и малые, пока не выйдет время. @returns сколько видно
 */
async function checkVisible(ledger: readonly Entry[], verified: Set<string>, budgetMs: number): Promise<number> {
  // Книга растёт, пока листаем; файл виден лишь после записи в неё, поэтому читать её надо после поиска.
  const found = await allFiles();
  const known = new Map(ledger.map((entry) => [entry.filename, entry]));
  const ids = new Map<string, string>();
  const queue: { readonly entry: Entry; readonly id: string; readonly rank: number }[] = [];
  for (const { file_id: id, original_filename: filename, checksum, size } of found) {
    const entry = known.get(filename);
    assert.ok(entry, `${filename} виден, но никем не отправлен`);
    assert.deepEqual([checksum, size], [entry.content.sha256, entry.content.bytes], `${filename}: видна не та запись`);
    assert.equal(ids.get(filename) ?? id, id, `${filename} виден дважды`);
    if (entry.id !== undefined) assert.equal(id, entry.id, `${filename}: виден не тот, что подтверждён`);
    if (!ids.has(filename) && !verified.has(id)) {
      queue.push({ entry, id, rank: (entry.id === undefined ? 0 : 2 ** 30) + size });
    }
    ids.set(filename, id);
  }
  queue.sort((a, b) => a.rank - b.rank);
  const deadline = performance.now() + budgetMs;
  await eachOf(queue, async ({ entry, id }) => {
    if (performance.now() > deadline) return;
    const downloaded = await downloadVisible(id);
    assert.deepEqual([downloaded.status, downloaded.sha256], [200, entry.content.sha256], `${entry.filename}: виден`);
    verified.add(id);
  });
  return ids.size;
}

/** Видимый файл скачивается; 5xx сразу после падения части — повод повторить, 404 и чужие байты — нет. */
async function downloadVisible(id: string): Promise<{ status: number; sha256: string }> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const downloaded = await stand().caller.download(id);
    if (downloaded.status < 500 || performance.now() > deadline) return downloaded;
    await sleep(200);
  }
}

/**
 * На дисках остановленных элементов ровно файлы книги, каждый один раз с описанием, и ни одного недописанного.
 * Остановка нужна: до контрольной точки журнала элемент вправе держать в staging вторые имена сохранённых файлов.
 */
async function checkDisks(ledger: readonly Entry[]): Promise<void> {
  const names = await readdir(join(stand().launched.home, 'elements'), { recursive: true });
  assert.equal(names.filter((name) => /^[^/]+\/data\/staging$/.test(name)).length, 2);
  assert.deepEqual(
    names.filter((name) => name.includes('/staging/')),
    [],
    'недописанного не осталось',
  );
  const ids = ledger.map((entry) => entry.id ?? '').toSorted();
  for (const ending of ['.bin', '.attr.json']) {
    const found = names.filter((name) => name.includes('/files/') && name.endsWith(ending));
    assert.deepEqual(found.map((name) => basename(name, ending)).toSorted(), ids, `${ending} на дисках`);
  }
}

/** Ждёт нескольких новых подтверждений, чтобы убивать работающее; недолго: без убитой части их может и не быть. */
async function progress(ledger: readonly Entry[]): Promise<void> {
  const count = (): number => ledger.filter((entry) => entry.id !== undefined).length;
  const wanted = count() + ACKNOWLEDGED_BETWEEN_KILLS;
  const deadline = performance.now() + PROGRESS_TIMEOUT_MS;
  while (count() < wanted && performance.now() < deadline) await sleep(20);
}

/** Убивает часть; если она ещё поднимается после прошлого раза, дожидается её процесса. */
async function killPart(name: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const part = (await stand().launched.standFile()).parts.find((item) => item.name === name);
    try {
      if (part !== undefined) {
        process.kill(part.pid, 'SIGKILL');
        return;
      }
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'ESRCH', String(error));
    }
    if (performance.now() > deadline) assert.fail(`${name} не поднялся:\n${stand().launched.output()}`);
    await sleep(50);
  }
}

/** Обходит записи по восемь сразу. */
async function eachOf<Item>(entries: readonly Item[], visit: (entry: Item) => Promise<void>): Promise<void> {
  const queue = [...entries];
  const worker = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) await visit(entry);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Файл, принятый с 202, появляется в реестре после синхронизации. */
async function downloadSoon(entry: Entry): Promise<{ status: number; sha256: string }> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const downloaded = await stand().caller.download(entry.id ?? '');
    if (downloaded.status === 200 || performance.now() > deadline) return downloaded;
    await sleep(500);
  }
}

async function allFiles(): Promise<UploadedFile[]> {
  const files: UploadedFile[] = [];
  for (;;) {
    const { body } = await stand().caller.search({
      query: 'kill-',
      limit: 1000,
      offset: files.length,
      sort_by: 'original_filename',
    });
    files.push(...body.items);
    if (body.items.length < 1000) return files;
  }
}
