// Замеры поиска и метаданных через HTTP: двести запросов вперемешку, отклик каждого рода — отдельной строкой.

import type { Lab } from './lab.ts';
import { openRawConnection } from './load/raw-connection.ts';
import { runLoad } from './load/run-load.ts';
import { makeFile } from './registry/make-file.ts';
import { makeWorkload, type SearchBody, type SearchKind } from './registry/search-workload.ts';
import type { RegistryStand } from './registry/start-registry.ts';

const SEARCH_PATH = '/api/v1/search';
/** Прогревающий круг не в счёт: на живой базе верх индексов всегда в памяти. */
const WARM_ROUNDS = 1;
const P95 = 0.95;
/** Столько разных файлов спрашивают по id: все помещаются в кэш. */
const CACHED_FILES = 1_000;
const CACHED_CONNECTIONS = 64;
const UNBOUNDED = 10_000_000;

/** p95 по всем запросам рода; из кругов берётся средний. Оговорка называет запросы, которым не хватило отведённого времени. */
export async function measureSearch(prefix: string, lab: Lab, files: number): Promise<Record<string, number | string>> {
  const stand = await lab.registry(files);
  const queries = mixed(makeWorkload(stand.registry));
  const rounds: Record<SearchKind, number>[] = [];
  const refused = new Set<string>();
  for (let round = -WARM_ROUNDS; round < lab.sizes.repeats; round += 1) {
    const times = await timeSearches(stand, queries, refused);
    if (round < 0) continue;
    rounds.push({
      exact: percentile(times.exact),
      partial: percentile(times.partial),
      fulltext: percentile(times.fulltext),
      filters: percentile(times.filters),
    });
  }
  const result = (kind: SearchKind): number => middle(rounds.map((round) => round[kind]));
  return {
    [`${prefix}.exact`]: result('exact'),
    [`${prefix}.partial`]: result('partial'),
    [`${prefix}.fulltext`]: result('fulltext'),
    [`${prefix}.filters`]: result('filters'),
    ...(refused.size === 0 ? {} : { note: `не уложились в отведённое время: ${[...refused].join(', ')}` }),
  };
}

/** Метаданные по id, уже лежащие в кэше. */
export async function measureCached(id: string, lab: Lab): Promise<Record<string, number>> {
  const stand = await lab.registry(lab.sizes.registryFiles);
  const ids = Array.from({ length: stand.registry.files }, (_, index) => makeFile(stand.registry, index))
    .filter((file) => file.status === 'active')
    .slice(0, CACHED_FILES)
    .map((file) => file.fileId);
  const plan = {
    kind: 'get' as const,
    url: `${stand.url}/api/v1/files/{id}`,
    headers: { authorization: `Bearer ${stand.token}` },
    bodyBytes: 0,
    lengthVaries: true as const,
    connections: CACHED_CONNECTIONS,
    durationMs: lab.sizes.smallMs,
    ids,
  };
  await runLoad({ ...plan, requestsMax: ids.length });
  const rates: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) {
    const report = await runLoad({ ...plan, requestsMax: UNBOUNDED });
    rates.push(report.requests / report.seconds);
  }
  return { [id]: middle(rates) };
}

interface Asked {
  readonly kind: SearchKind;
  readonly body: SearchBody;
}

/** Роды чередуются: соседний запрос не греет следующему его индекс. */
function mixed(workload: Readonly<Record<SearchKind, readonly SearchBody[]>>): readonly Asked[] {
  const kinds: readonly SearchKind[] = ['exact', 'partial', 'fulltext', 'filters'];
  return workload.exact.flatMap((_, index) =>
    kinds.flatMap((kind) => {
      const body = workload[kind][index];
      return body === undefined ? [] : [{ kind, body }];
    }),
  );
}

/** Поиск прервал себя сам: это его обещанный ответ на слишком дорогой запрос. */
const TOO_SLOW = 503;

/** Отклики по родам, мс; прерванный поиск считается за своё время. Прочий отказ обрывает замер. */
async function timeSearches(
  { url, token }: RegistryStand,
  queries: readonly Asked[],
  refused: Set<string>,
): Promise<Record<SearchKind, number[]>> {
  const times: Record<SearchKind, number[]> = { exact: [], partial: [], fulltext: [], filters: [] };
  const connection = await openRawConnection(url, undefined);
  try {
    for (const { kind, body } of queries) {
      const text = Buffer.from(JSON.stringify(body));
      const head =
        `POST ${SEARCH_PATH} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\n` +
        `content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
      const startedAt = performance.now();
      const reply = await connection.exchange([Buffer.from(head), text]);
      times[kind].push(performance.now() - startedAt);
      if (reply.status === TOO_SLOW) refused.add(text.toString());
      else if (reply.status !== 200) throw new Error(`${text.toString()}: ${reply.status} ${reply.body.toString()}`);
    }
  } finally {
    connection.close();
  }
  return times;
}

function percentile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * P95)] ?? 0;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
