// Замеры на большом наборе: запуск, страницы, одиночные чтения, построение каталога, память.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';
import type { Million } from './million.ts';
import { openRawConnection } from './load/raw-connection.ts';
import { residentBytes } from './process-usage.ts';
import type { Element } from './start-element.ts';

const PAGE_FILES = 1_000;
/** Сколько раз взять каждую страницу: значение — худший раз. */
const PAGE_REPEATS = 7;
const PAGES_FOR_IDS = 10;
const GETS = 10_000;
const GET_CONNECTIONS = 4;
/** Сколько ждать тишины, прежде чем смотреть на память. */
const IDLE_MS = 5_000;
const MIB = 2 ** 20;
const STATUSES = ['', '&status=active', '&status=expired'];

/** Отклики запросов по очереди из paths, мс, по возрастанию. Первый отказ обрывает замер. */
export async function timeGets(
  element: Pick<Element, 'url' | 'token'>,
  paths: readonly string[],
  connections: number,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    const connection = await openRawConnection(element.url, undefined);
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const startedAt = performance.now();
      const { status, body } = await connection.exchange([request(element, path)]);
      times.push(performance.now() - startedAt);
      if (status !== 200) throw new Error(`${path}: ${status} ${body.toString('utf8', 0, 200)}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, client));
  return times.sort((a, b) => a - b);
}

function request({ url, token }: Pick<Element, 'url' | 'token'>, path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\n\r\n`);
}

/** Идентификаторы страницы, начатой с offset. */
async function fileIds(element: Element, offset: number): Promise<string[]> {
  const answer = await fetch(`${element.url}/api/v1/files?limit=${PAGE_FILES}&offset=${offset}`, {
    headers: { authorization: `Bearer ${element.token}` },
  });
  const text = await answer.text();
  return [...text.matchAll(/"file_id":"([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '');
}

/** Номера, с которых страница дороже всего: середина (с обеих сторон), четверть и самый конец. */
function worstOffsets({ files }: Million): readonly number[] {
  return [files / 2 - PAGE_FILES, files / 2 + PAGE_FILES, files / 4, files - PAGE_FILES].map((at) =>
    Math.max(0, Math.floor(at)),
  );
}

/** Каждая страница берётся несколько раз; первый раз, когда диск ещё холоден, не в счёт. */
async function worstPageMs(element: Element, queries: readonly string[]): Promise<number> {
  const worst: number[] = [];
  for (const query of queries) {
    const path = `/api/v1/files?limit=${PAGE_FILES}${query}`;
    await timeGets(element, [path], 1);
    const times = await timeGets(element, Array<string>(PAGE_REPEATS).fill(path), 1);
    worst.push(times.at(-1) ?? 0);
  }
  return Math.max(...worst);
}

export async function measureRebuild(lab: Lab): Promise<Record<string, number>> {
  return { 'se.1m-rebuild': (await lab.million()).rebuildFilesPerSecond };
}

export async function measureRestart(lab: Lab): Promise<Record<string, number>> {
  const million = await lab.million();
  const seconds: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) seconds.push((await million.start()).startMs / 1000);
  return { 'se.1m-restart': middle(seconds) };
}

/** load нагружает элемент загрузками, пока его не убьют. */
export async function measureRestartAfterKill(
  lab: Lab,
  load: (element: Element) => Promise<unknown>,
): Promise<Record<string, number>> {
  const million = await lab.million();
  const seconds: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) {
    const { element } = await million.start();
    const loading = load(element).catch(() => undefined);
    await sleep(lab.sizes.smallMs * (1 + run / 2));
    await element.kill();
    await loading;
    seconds.push((await million.start()).startMs / 1000);
  }
  return { 'se.1m-restart-kill9': Math.max(...seconds) };
}

export async function measurePages(lab: Lab): Promise<Record<string, number>> {
  const million = await lab.million();
  const { element } = await million.start();
  const offsets = worstOffsets(million);
  const byOffset = STATUSES.flatMap((status) => offsets.map((offset) => `&offset=${offset}${status}`));
  const keys = await Promise.all(offsets.map(async (offset) => (await fileIds(element, offset))[0] ?? ''));
  return {
    'se.1m-list-offset': await worstPageMs(element, byOffset),
    'se.1m-list-keyset': await worstPageMs(
      element,
      keys.map((key) => `&after=${key}`),
    ),
  };
}

export async function measureGets(lab: Lab): Promise<Record<string, number>> {
  const million = await lab.million();
  const { element } = await million.start();
  const step = Math.floor(million.files / PAGES_FOR_IDS);
  const ids: string[] = [];
  for (let page = 0; page < PAGES_FOR_IDS; page += 1) ids.push(...(await fileIds(element, page * step)));
  const paths = Array.from({ length: GETS }, (_, index) => `/api/v1/files/${ids[(index * 7919) % ids.length] ?? ''}`);
  const times = await timeGets(element, paths, GET_CONNECTIONS);
  return { 'se.1m-get-p99': times[Math.floor(times.length * 0.99)] ?? 0 };
}

export async function measureIdleMemory(lab: Lab): Promise<Record<string, number>> {
  const { element } = await (await lab.million()).start();
  await sleep(IDLE_MS);
  return { 'se.1m-rss-idle': (await residentBytes(element.pid)) / MIB };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
