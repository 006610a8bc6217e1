// kill -9 любой части во время загрузок. Внешняя книга помнит, что система подтвердила: подтверждённое скачивается
// с той же суммой, неподтверждённое либо целое, либо его нет, повтор с тем же ключом второго файла не создаёт.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Content, generatedContent } from './lib/content.ts';
import { useStand } from './lib/use-stand.ts';

const KILLS = 50;
const WRITERS = 4;
const PARTS = ['postgres', 'admin', 'se-edit', 'se-rw', 'ingester', 'query'];
const READY_TIMEOUT_MS = 30_000;
const ACKNOWLEDGED_BETWEEN_KILLS = 3;
const PROGRESS_TIMEOUT_MS = 2_000;

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
    const answer = await fetch(`${url}/health/ready`);
    const body = (await answer.json()) as { status: string };
    return body.status === 'ok' ? 'ok' : JSON.stringify(body);
  } catch (error) {
    return String(error);
  }
}

async function waitReady(): Promise<void> {
  const { urls } = stand().caller.stand;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (const url of [urls.admin, urls.ingester, urls.query]) {
    for (;;) {
      const ready = await readiness(url);
      if (ready === 'ok') break;
      if (performance.now() > deadline) assert.fail(`${url} не готов: ${ready}\n${stand().launched.output()}`);
      await sleep(50);
    }
  }
}

test('50 раз kill -9 любой части во время загрузок: подтверждённое цело, повтор не двоит', {
  timeout: 240_000,
}, async () => {
  const { caller } = stand();
  const ledger: Entry[] = [];
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
      if (kill % 10 === 9) await waitReady();
    }
  } finally {
    stopping.abort();
    await Promise.all(writers);
  }
  await waitReady();

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
  assert.ok(caller);
});

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
async function eachOf(entries: readonly Entry[], visit: (entry: Entry) => Promise<void>): Promise<void> {
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

async function allFiles(): Promise<{ file_id: string; original_filename: string }[]> {
  const files: { file_id: string; original_filename: string }[] = [];
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
