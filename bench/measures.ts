// Сами замеры: по имени — что сделать на рабочем месте и какие строки таблицы это даёт. Длиннее обычного: это список.

import { statfs } from 'node:fs/promises';
import type { Lab } from './lab.ts';
import { payloadChecksum } from './load/payload.ts';
import type { LoadPlan, LoadReport } from './load/load-plan.ts';
import { runLoad } from './load/run-load.ts';
import { measureArgon2, measureLogins, measureTokens, measureVerification } from './measure-identity.ts';
import {
  measureGets,
  measureIdleMemory,
  measurePages,
  measureRebuild,
  measureRestart,
  measureRestartAfterKill,
} from './measure-million.ts';
import { measureRegistrations } from './measure-registry.ts';
import { measureMillionSync } from './measure-sync.ts';
import { measureCached, measureSearch } from './measure-search.ts';
import { measureDd, measureSerialFdatasync, measureSha256 } from './measure-disk.ts';
import { peakResidentBytes, totalCpuSeconds } from './process-usage.ts';
import type { Element } from './start-element.ts';

/** Числа по имени строки; под именем note — оговорка, под именем skipped — причина, по которой чисел нет. */
export type Measured = Readonly<Record<string, number | string>>;
type Measure = (lab: Lab) => Promise<Measured>;

const SMALL_FILES_FOR_READING = 500;
const MIB = 2 ** 20;
const NO_NGINX = { skipped: 'nginx нет и достать его не удалось' };
/** Запросов без счёта: замер ограничен временем. */
const UNBOUNDED = 10_000_000;

/** Сервер, который нагружают: куда и как слать и за чьими процессами следить. */
interface Subject {
  readonly putUrl: string;
  readonly getUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly upload: boolean;
  readonly ca?: string;
  readonly pids: readonly number[];
}

async function nginxSubject(lab: Lab): Promise<Subject | undefined> {
  const nginx = await lab.nginx();
  if (nginx === undefined) return undefined;
  return { putUrl: `${nginx.url}{id}`, getUrl: `${nginx.url}{id}`, headers: {}, upload: false, pids: [] };
}

function elementSubject(kind: 'element' | 'elementTls'): (lab: Lab) => Promise<Subject> {
  return async (lab) => subjectAt(await lab[kind]());
}

function subjectAt(element: Element): Subject {
  const intent = {
    original_filename: 'bench.bin',
    content_type: 'application/octet-stream',
    description: '',
    tags: [],
    metadata: {},
    retention_policy: 'temporary',
    ttl_days: 30,
  };
  return {
    putUrl: `${element.url}/api/v1/files/{id}`,
    getUrl: `${element.url}/api/v1/files/{id}/download`,
    headers: {
      authorization: `Bearer ${element.token}`,
      'content-type': 'application/octet-stream',
      'artstore-metadata': Buffer.from(JSON.stringify(intent)).toString('base64url'),
    },
    upload: false,
    ...(element.ca === undefined ? {} : { ca: element.ca }),
    pids: [element.pid],
  };
}

async function pathSubject(lab: Lab): Promise<Subject> {
  const stand = await lab.stand();
  return {
    putUrl: `${stand.ingesterUrl}/api/v1/files/upload`,
    getUrl: `${stand.queryUrl}/api/v1/files/{id}/download`,
    headers: { authorization: `Bearer ${await stand.token()}` },
    upload: true,
    pids: stand.pids,
  };
}

type SubjectOf = (lab: Lab) => Promise<Subject | undefined>;

function writePlan(
  subject: Subject,
  size: Pick<LoadPlan, 'bodyBytes' | 'connections' | 'requestsMax' | 'durationMs'>,
): LoadPlan {
  return {
    kind: subject.upload ? 'upload' : 'put',
    url: subject.putUrl,
    headers: subject.headers,
    ...(subject.ca === undefined ? {} : { ca: subject.ca }),
    checksum: payloadChecksum(size.bodyBytes),
    ...size,
  };
}

function readPlan(
  subject: Subject,
  size: Pick<LoadPlan, 'bodyBytes' | 'connections' | 'requestsMax' | 'durationMs' | 'ids'>,
): LoadPlan {
  const { authorization } = subject.headers;
  return {
    kind: 'get',
    url: subject.getUrl,
    headers: authorization === undefined ? {} : { authorization },
    ...(subject.ca === undefined ? {} : { ca: subject.ca }),
    ...size,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Повторяет нагрузку и берёт медианы скорости и процессорного времени. */
async function repeatLarge(id: string, lab: Lab, subject: Subject, once: () => Promise<LoadReport>): Promise<Measured> {
  const speeds: number[] = [];
  const cpus: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) {
    const before = await totalCpuSeconds(subject.pids);
    const report = await once();
    const spent = (await totalCpuSeconds(subject.pids)) - before;
    speeds.push(report.bytes / 1e6 / report.seconds);
    cpus.push((spent * 2 ** 30) / report.bytes);
  }
  const peaks = await Promise.all(subject.pids.map(peakResidentBytes));
  return { [id]: median(speeds), [`${id}.cpu`]: median(cpus), [`${id}.rss`]: Math.max(0, ...peaks) / MIB };
}

function putLarge(id: string, subjectOf: SubjectOf): Measure {
  return async (lab) => {
    const subject = await subjectOf(lab);
    if (subject === undefined) return NO_NGINX;
    const plan = writePlan(subject, {
      bodyBytes: lab.sizes.largeBytes,
      connections: 1,
      requestsMax: 1,
      durationMs: 300_000,
    });
    return repeatLarge(id, lab, subject, () => runLoad(plan));
  };
}

function getLarge(id: string, subjectOf: SubjectOf): Measure {
  return async (lab) => {
    const subject = await subjectOf(lab);
    if (subject === undefined) return NO_NGINX;
    const size = { bodyBytes: lab.sizes.largeBytes, connections: 1, requestsMax: 1, durationMs: 300_000 };
    const { ids } = await runLoad(writePlan(subject, size));
    return repeatLarge(id, lab, subject, () => runLoad(readPlan(subject, { ...size, ids })));
  };
}

function putSmall(id: string, subjectOf: SubjectOf, connections: number): Measure {
  return async (lab) => {
    const subject = await subjectOf(lab);
    if (subject === undefined) return NO_NGINX;
    const { smallBytes, smallMs, repeats } = lab.sizes;
    const plan = writePlan(subject, {
      bodyBytes: smallBytes,
      connections,
      requestsMax: UNBOUNDED,
      durationMs: smallMs,
    });
    const rates: number[] = [];
    for (let run = 0; run < repeats; run += 1) {
      const report = await runLoad(plan);
      rates.push(report.requests / report.seconds);
    }
    return { [id]: median(rates) };
  };
}

function getSmall(id: string, subjectOf: SubjectOf): Measure {
  return async (lab) => {
    const subject = await subjectOf(lab);
    if (subject === undefined) return NO_NGINX;
    const { smallBytes, smallMs, repeats } = lab.sizes;
    const size = { bodyBytes: smallBytes, connections: 64, durationMs: smallMs };
    const { ids } = await runLoad(
      writePlan(subject, { ...size, durationMs: 60_000, requestsMax: SMALL_FILES_FOR_READING }),
    );
    const rates: number[] = [];
    for (let run = 0; run < repeats; run += 1) {
      const report = await runLoad(readPlan(subject, { ...size, requestsMax: UNBOUNDED, ids }));
      rates.push(report.requests / report.seconds);
    }
    return { [id]: median(rates) };
  };
}

/** То же и сколько загрузок пришлось на один сброс журнала: по метрикам самого элемента. */
function putSmallPerSync(id: string): Measure {
  return async (lab) => {
    const { url } = await lab.element();
    const before = await logBatches(url);
    const measured = await putSmall(id, element, 64)(lab);
    const after = await logBatches(url);
    return { ...measured, [`${id}.per-sync`]: (after.records - before.records) / (after.syncs - before.syncs) };
  };
}

async function logBatches(url: string): Promise<{ records: number; syncs: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string): number => Number(new RegExp(`^${name}\\S* (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { records: read('se_log_batch_records_sum'), syncs: read('se_log_batch_records_count') };
}

const RANGE_BYTES = 64 << 10;
const RANGED_FILE_BYTES = 4 << 20;
const RANGED_FILES = 16;

/** Один и тот же участок в середине нескольких файлов: меряется цена запроса, а не диск. */
function getRanges(id: string, subjectOf: SubjectOf): Measure {
  return async (lab) => {
    const subject = await subjectOf(lab);
    if (subject === undefined) return NO_NGINX;
    const { smallMs } = lab.sizes;
    const size = { bodyBytes: RANGED_FILE_BYTES, connections: 4, requestsMax: RANGED_FILES, durationMs: 60_000 };
    const { ids } = await runLoad(writePlan(subject, size));
    const read = { bodyBytes: RANGE_BYTES, connections: 64, requestsMax: UNBOUNDED, durationMs: smallMs, ids };
    const plan = readPlan(subject, read);
    const range = `bytes=${RANGED_FILE_BYTES / 2}-${RANGED_FILE_BYTES / 2 + RANGE_BYTES - 1}`;
    return repeatValue(id, lab, async () => {
      const report = await runLoad({ ...plan, headers: { ...plan.headers, range } });
      return report.requests / report.seconds;
    });
  };
}

async function repeatValue(id: string, lab: Lab, once: () => Promise<number> | number): Promise<Measured> {
  const values: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) values.push(await once());
  return { [id]: median(values) };
}

/** Столько загрузок идёт разом, когда меряют пик памяти. */
const MANY = 64;
/** На столько файл уменьшается, если на диске не поместятся все. */
const CRAMPED_BYTES = 256 * MIB;
/** Столько диска замер оставляет другим. */
const SPARE_BYTES = 8 * 2 ** 30;

/** Пик памяти за 64 больших загрузки разом. Элемент свой: пик другого помнил бы прежние замеры. */
async function putManyLarge(id: string, lab: Lab): Promise<Measured> {
  const { manyLargeBytes } = lab.sizes;
  const { bavail, bsize } = await statfs(lab.directory);
  const fits = bavail * bsize >= MANY * manyLargeBytes + SPARE_BYTES;
  const bodyBytes = fits ? manyLargeBytes : Math.min(manyLargeBytes, CRAMPED_BYTES);
  const separate = await lab.separateElement();
  try {
    const size = { bodyBytes, connections: MANY, requestsMax: MANY, durationMs: 600_000 };
    await runLoad(writePlan(subjectAt(separate), size));
    const peak = (await peakResidentBytes(separate.pid)) / MIB;
    return { [id]: peak, ...(fits ? {} : { note: `места мало: по ${bodyBytes / MIB} МиБ` }) };
  } finally {
    await separate.stop();
  }
}

/** Загрузки без конца: кончаются вместе с элементом. */
function putEndlessly(lab: Lab, target: Element): Promise<unknown> {
  const size = { bodyBytes: lab.sizes.smallBytes, connections: 64, requestsMax: UNBOUNDED, durationMs: 600_000 };
  return runLoad(writePlan(subjectAt(target), size));
}

function putExactly(lab: Lab, target: Element, files: number): Promise<unknown> {
  const size = { bodyBytes: lab.sizes.smallBytes, connections: 16, requestsMax: files, durationMs: 120_000 };
  return runLoad(writePlan(subjectAt(target), size));
}

const element = elementSubject('element');
const elementTls = elementSubject('elementTls');

export const MEASURES: Readonly<Record<string, Measure>> = {
  'base.dd': (lab) => repeatValue('base.dd', lab, () => measureDd(lab.directory, lab.sizes.largeBytes)),
  'base.fdatasync-serial': (lab) =>
    repeatValue('base.fdatasync-serial', lab, () => measureSerialFdatasync(lab.directory, lab.sizes.smallMs)),
  'base.sha256': (lab) => repeatValue('base.sha256', lab, () => measureSha256(lab.sizes.largeBytes)),
  'base.nginx-put-1g': putLarge('base.nginx-put-1g', nginxSubject),
  'base.nginx-get-1g': getLarge('base.nginx-get-1g', nginxSubject),
  'base.nginx-put-4k-c64': putSmall('base.nginx-put-4k-c64', nginxSubject, 64),
  'base.nginx-get-4k-c64': getSmall('base.nginx-get-4k-c64', nginxSubject),
  'base.nginx-range-64k-c64': getRanges('base.nginx-range-64k-c64', nginxSubject),
  'se.put-1g': putLarge('se.put-1g', element),
  'se.put-1g-tls': putLarge('se.put-1g-tls', elementTls),
  'se.get-1g': getLarge('se.get-1g', element),
  'se.get-1g-tls': getLarge('se.get-1g-tls', elementTls),
  'se.put-4k-c1': putSmall('se.put-4k-c1', element, 1),
  'se.put-4k-c64': putSmallPerSync('se.put-4k-c64'),
  'se.range-64k-c64': getRanges('se.range-64k-c64', element),
  'se.get-4k-c64': getSmall('se.get-4k-c64', element),
  'se.1m-rebuild': measureRebuild,
  'se.1m-restart': measureRestart,
  'se.1m-restart-kill9': (lab) => measureRestartAfterKill(lab, (target) => putEndlessly(lab, target)),
  'se.1m-list': measurePages,
  'se.1m-get-p99': measureGets,
  'se.1m-rss-idle': measureIdleMemory,
  'sync.1m': (lab) => measureMillionSync(lab, (target, files) => putExactly(lab, target, files)),
  'se.put-64x1g.rss': (lab) => putManyLarge('se.put-64x1g.rss', lab),
  'base.argon2': (lab) => measureArgon2('base.argon2', lab),
  'auth.verify-cached': (lab) => measureVerification('auth.verify-cached', lab),
  'admin.token-c16': (lab) => measureTokens('admin.token-c16', lab, 16),
  'admin.token-c64': (lab) => measureTokens('admin.token-c64', lab, 64),
  'admin.login': (lab) => measureLogins('admin.login', lab),
  'admin.register-c64': (lab) => measureRegistrations('admin.register-c64', lab),
  'query.get-cached': (lab) => measureCached('query.get-cached', lab),
  search: (lab) => measureSearch('search', lab, lab.sizes.registryMillionFiles),
  'search.10m': (lab) => measureSearch('search.10m', lab, lab.sizes.registryTenMillionFiles),
  'path.put-1g': putLarge('path.put-1g', pathSubject),
  'path.get-1g': getLarge('path.get-1g', pathSubject),
  'path.put-4k-c64': putSmall('path.put-4k-c64', pathSubject, 64),
  'path.get-4k-c64': getSmall('path.get-4k-c64', pathSubject),
};
