// Отдельный процесс, который шлёт запросы по заданию (JSON в первом аргументе) и печатает отчёт одной строкой JSON.
// Отдельный — чтобы его работа не смешивалась с работой того, что меряют.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { LoadPlan, LoadReport } from './load-plan.ts';
import { payloadParts } from './payload.ts';

const BOUNDARY = 'artstore-bench-7d0c6f';

interface Exchange {
  readonly status: number;
  readonly bytes: number;
  readonly text: string;
}

const plan: LoadPlan = readPlan(process.argv[2]);
const client = plan.url.startsWith('https:') ? https : http;
const agent = new client.Agent({
  keepAlive: true,
  maxSockets: plan.connections,
  ...(plan.ca === undefined ? {} : { ca: plan.ca }),
});
const body = prepareBody();

function readPlan(text: string | undefined): LoadPlan {
  if (text === undefined) throw new Error('нет задания');
  const value: LoadPlan = JSON.parse(text);
  return value;
}

/** Тело вместе с обрамлением multipart, если оно нужно. */
function prepareBody(): readonly Buffer[] {
  if (plan.kind === 'get') return [];
  const parts = [...payloadParts(plan.bodyBytes)];
  if (plan.kind === 'put') return parts;
  const head =
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="retention_policy"\r\n\r\ntemporary\r\n` +
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="bench.bin"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n';
  return [Buffer.from(head), ...parts, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
}

async function exchange(id: string): Promise<Exchange> {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const request = client.request(plan.url.replace('{id}', id), {
    agent,
    method: { put: 'PUT', upload: 'POST', get: 'GET' }[plan.kind],
    headers: {
      ...plan.headers,
      ...(plan.kind === 'get' ? {} : { 'content-length': length }),
      ...(plan.kind === 'upload' ? { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } : {}),
    },
  });
  const answered = once(request, 'response');
  answered.catch(() => {});
  for (const part of body) {
    if (request.destroyed) break;
    if (!request.write(part)) await Promise.race([once(request, 'drain'), answered]);
  }
  request.end();
  const [response]: http.IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('ответа нет');
  let bytes = 0;
  let text = '';
  for await (const chunk of response) {
    bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
    if (plan.kind !== 'get' && text.length < 4096) text += String(chunk);
  }
  return { status: response.statusCode ?? 0, bytes, text };
}

function faultOf({ status, bytes, text }: Exchange): string | undefined {
  if (status < 200 || status > 299) return `статус ${status}: ${text.slice(0, 200)}`;
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
  const ids: string[] = [];
  let started = 0;
  let requests = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (started < plan.requestsMax && performance.now() - startedAt < plan.durationMs && failures < 20) {
      const id = plan.ids === undefined ? randomUUID() : (plan.ids[started % plan.ids.length] ?? '');
      started += 1;
      try {
        const result = await exchange(id);
        const fault = faultOf(result);
        if (fault !== undefined) throw new Error(fault);
        requests += 1;
        if (plan.kind !== 'get') ids.push(createdId(id, result.text));
      } catch (error) {
        failures += 1;
        firstFailure ??= error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: plan.connections }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  return {
    requests,
    bytes: requests * plan.bodyBytes,
    seconds,
    failures,
    ids,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

process.stdout.write(`${JSON.stringify(await work())}\n`);
