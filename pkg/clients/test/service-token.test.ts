// Токены службы: один запрос на всех, продление в фоне, последний годный при недоступном выдающем.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServiceTokens } from '../index.ts';
import type { ServiceTokens } from '../index.ts';

interface Issuer {
  readonly tokens: ServiceTokens;
  readonly requests: string[];
  readonly warnings: object[];
  /** Сколько секунд живёт выданное; 0 — выдающий рвёт соединение; меньше нуля — отказ invalid_client. */
  lifeSeconds: number;
}

async function startIssuer(t: TestContext, lifeSeconds: number): Promise<Issuer> {
  const requests: string[] = [];
  const warnings: object[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push(body);
    if (issuer.lifeSeconds === 0) return void request.socket.destroy();
    const refused = issuer.lifeSeconds < 0;
    response.writeHead(refused ? 401 : 200, { 'content-type': 'application/json' });
    const token = { access_token: `t${requests.length}`, token_type: 'Bearer', expires_in: issuer.lifeSeconds };
    response.end(JSON.stringify(refused ? { error: 'invalid_client' } : token));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tokens = createServiceTokens({
    adminUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    clientId: 'sa_x',
    clientSecret: 'секрет&=',
    log: { warn: (record) => void warnings.push(record) },
  });
  t.after(async () => {
    await tokens.close();
    server.closeAllConnections();
    server.close();
  });
  const issuer: Issuer = { tokens, requests, warnings, lifeSeconds };
  return issuer;
}

test('одновременные вызовы делят один запрос; получатель едет полем resource', async (t) => {
  const issuer = await startIssuer(t, 600);
  const got = await Promise.all(Array.from({ length: 20 }, () => issuer.tokens.get()));
  assert.deepEqual([new Set(got).size, issuer.requests.length], [1, 1]);
  await issuer.tokens.get('0197a3f0-0000-7000-8000-00000000000a');
  const form = new URLSearchParams(issuer.requests[1]);
  assert.deepEqual(Object.fromEntries(form), {
    grant_type: 'client_credentials',
    client_id: 'sa_x',
    client_secret: 'секрет&=',
    resource: '0197a3f0-0000-7000-8000-00000000000a',
  });
});

test('продлевается сам на двух третях жизни', async (t) => {
  const issuer = await startIssuer(t, 1);
  assert.equal(await issuer.tokens.get(), 't1');
  await sleep(800);
  assert.equal(await issuer.tokens.get(), 't2', 'новый получен раньше, чем понадобился');
});

test('выдающий недоступен: годный отдаётся, пока жив, потом ADMIN_UNAVAILABLE; ожил — снова токены', async (t) => {
  const issuer = await startIssuer(t, 2);
  await issuer.tokens.get();
  issuer.lifeSeconds = 0;
  await sleep(1_500);
  assert.equal(await issuer.tokens.get(), 't1');
  assert.ok(issuer.warnings.length > 0);
  await sleep(500);
  await assert.rejects(issuer.tokens.get(), { code: 'ADMIN_UNAVAILABLE' });
  issuer.lifeSeconds = 600;
  assert.match(await issuer.tokens.get(), /^t\d+$/);
});

test('негодный секрет — ADMIN_UNAVAILABLE, и секрета нет ни в ошибке, ни в журнале', async (t) => {
  const issuer = await startIssuer(t, -1);
  const error: unknown = await issuer.tokens.get().catch((caught: unknown) => caught);
  assert.equal((error as { code: string }).code, 'ADMIN_UNAVAILABLE');
  const text =
    String(((error as Error).cause as Error).cause) + String((error as Error).stack) + JSON.stringify(issuer.warnings);
  assert.match(text, /invalid_client/);
  assert.ok(!text.includes('секрет'));
});

test('отвергнутый токен забывается, отменённое ожидание не мешает остальным', async (t) => {
  const issuer = await startIssuer(t, 600);
  const first = await issuer.tokens.get();
  issuer.tokens.forget(first);
  const cancel = new AbortController();
  const waiting = issuer.tokens.get(undefined, cancel.signal);
  const other = issuer.tokens.get();
  cancel.abort(new Error('ушёл'));
  await assert.rejects(waiting, /ушёл/);
  assert.notEqual(await other, first);
});
