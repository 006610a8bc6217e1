// Отдельный процесс, который шлёт запросы по заданию (JSON в первом аргументе) и печатает отчёт одной строкой JSON.
// Отдельный — чтобы его работа не смешивалась с работой того, что меряют.

import { randomUUID } from 'node:crypto';
import type { LoadPlan, LoadReport } from './load-plan.ts';
import { payloadParts } from './payload.ts';
import { openRawConnection } from './raw-connection.ts';
import { streamExchange } from './stream-exchange.ts';

const BOUNDARY = 'artstore-bench-7d0c6f';
/** Тело до этой величины шлётся готовыми байтами одним куском. */
const SMALL_BYTES_MAX = 64 * 1024;
const FAILURES_MAX = 20;

interface Reply {
  readonly status: number;
  readonly bytes: number;
  readonly text: string;
}

/** Один обмен: запрос к файлу с этим id. */
type Exchange = (id: string) => Promise<Reply>;

interface Client {
  readonly exchange: Exchange;
  close(): void;
}

const plan = readPlan(process.argv[2]);
const method = { put: 'PUT', upload: 'POST', get: 'GET', post: 'POST' }[plan.kind];
const body = prepareBody();

function readPlan(text: string | undefined): LoadPlan {
  if (text === undefined) throw new Error('нет задания');
  const value: LoadPlan = JSON.parse(text);
  return value;
}

/** Тело вместе с обрамлением multipart, если оно нужно. */
function prepareBody(): readonly Buffer[] {
  if (plan.kind === 'get' || plan.kind === 'post') return [];
  const parts = [...payloadParts(plan.bodyBytes)];
  if (plan.kind === 'put') return parts;
  const head =
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="retention_policy"\r\n\r\ntemporary\r\n` +
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="bench.bin"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n';
  return [Buffer.from(head), ...parts, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
}

function headers(): Readonly<Record<string, string>> {
  const own = plan.kind === 'upload' ? { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } : {};
  return { ...plan.headers, ...own };
}

async function openClient(): Promise<Client> {
  if (plan.kind === 'post') return openPostClient(plan.text ?? '');
  return plan.bodyBytes <= SMALL_BYTES_MAX ? openSmallClient() : openLargeClient();
}

function openLargeClient(): Client {
  return {
    exchange: (id) =>
      streamExchange({ method, url: plan.url.replace('{id}', id), ca: plan.ca, headers: headers(), body }),
    close: () => undefined,
  };
}

/** Запрос складывается один раз; от раза к разу меняется только id в адресе. */
async function openSmallClient(): Promise<Client> {
  const { pathname, host } = new URL(plan.url);
  const [before = '', after = ''] = decodeURIComponent(pathname).split('{id}');
  const whole = Buffer.concat(body);
  const length = plan.kind === 'get' ? {} : { 'content-length': String(whole.length) };
  const lines = Object.entries({ host, ...headers(), ...length });
  const rest = `${after} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
  const tail = Buffer.concat([Buffer.from(rest), whole]);
  const connection = await openRawConnection(plan.url, plan.ca);
  const hasId = plan.url.includes('{id}');
  return {
    async exchange(id) {
      const reply = await connection.exchange([Buffer.from(`${method} ${before}${hasId ? id : ''}`), tail]);
      return {
        status: reply.status,
        bytes: reply.body.length,
        text: plan.kind === 'get' ? '' : reply.body.toString('utf8'),
      };
    },
    close: connection.close,
  };
}

/** UUID всегда одной длины, поэтому и здесь складывать заново надо только id. */
async function openPostClient(text: string): Promise<Client> {
  const { pathname, host } = new URL(plan.url);
  const length = Buffer.byteLength(text.replaceAll('{id}', randomUUID()));
  const lines = Object.entries({ host, ...headers(), 'content-length': String(length) });
  const head = `${method} ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
  const connection = await openRawConnection(plan.url, plan.ca);
  return {
    async exchange(id) {
      const reply = await connection.exchange([Buffer.from(head + text.replaceAll('{id}', id))]);
      return { status: reply.status, bytes: reply.body.length, text: reply.body.toString('utf8') };
    },
    close: connection.close,
  };
}

function faultOf({ status, bytes, text }: Reply): string | undefined {
  if (status < 200 || status > 299) return `статус ${status}: ${text.slice(0, 200)}`;
  if (plan.kind === 'get' && plan.lengthVaries === true) return undefined;
  if (plan.kind === 'get') return bytes === plan.bodyBytes ? undefined : `получено ${bytes} из ${plan.bodyBytes} байт`;
  if (plan.checksum !== undefined && text !== '' && !text.includes(plan.checksum))
    return `сумма не та: ${text.slice(0, 200)}`;
  return undefined;
}

/** В ответе Ingester id свой; nginx не отвечает ничем, id — тот, что в адресе. */
function createdId(sent: string, text: string): string {
  return /"file_id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? sent;
}

async function work(): Promise<LoadReport> {
  const clients = await Promise.all(Array.from({ length: plan.connections }, openClient));
  const ids: string[] = [];
  let started = 0;
  let requests = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const startedAt = performance.now();
  const isOver = (): boolean =>
    started >= plan.requestsMax || performance.now() - startedAt >= plan.durationMs || failures >= FAILURES_MAX;
  const runClient = async ({ exchange }: Client): Promise<void> => {
    while (!isOver()) {
      const id = plan.ids === undefined ? randomUUID() : (plan.ids[started % plan.ids.length] ?? '');
      started += 1;
      try {
        const reply = await exchange(id);
        const fault = faultOf(reply);
        if (fault !== undefined) throw new Error(fault);
        requests += 1;
        if (plan.kind !== 'get') ids.push(createdId(id, reply.text));
      } catch (error) {
        failures += 1;
        firstFailure ??= error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(clients.map(runClient));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const client of clients) client.close();
  const failure = firstFailure === undefined ? {} : { firstFailure };
  return { requests, bytes: requests * plan.bodyBytes, seconds, failures, ids, ...failure };
}

process.stdout.write(`${JSON.stringify(await work())}\n`);
