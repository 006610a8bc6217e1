// Замеры опознания: выдача токенов, проверка уже знакомого токена и вход под паролем рядом с остальной работой.

import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { createVerifier, openJwksCache } from '@artstore/auth';
import type { BenchStand } from './bench-stand.ts';
import type { Lab } from './lab.ts';
import { runLoad } from './load/run-load.ts';
import { startTokenIssuer } from './token-issuer.ts';

const TOKEN_PATH = '/api/v1/auth/token';
const LOGIN_PATH = '/api/v1/admin-auth/login';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };
/** Запросов без счёта: замер ограничен временем. */
const UNBOUNDED = 10_000_000;
/** Знакомые токены: столько разных клиентов у модуля разом. */
const TOKENS = 100;
/** Столько человек входят разом, у каждого своё имя: к одному имени модуль пускает по очереди. */
const PEOPLE = 32;
const PASSWORD = 'достаточно-длинный-пароль-замера';
/** Цена одного вычисления и сколько их идёт разом — как у модуля управления. */
const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const ARGON2_CONCURRENT = 2;

const HOUR_MS = 3_600_000;
const SILENT = { info: () => undefined, warn: () => undefined };

const derive = promisify(argon2);

export async function measureTokens(id: string, lab: Lab, connections: number): Promise<Record<string, number>> {
  const stand = await lab.stand();
  const { sizes } = lab;
  const rates: number[] = [];
  for (let run = 0; run < sizes.repeats; run += 1) {
    const report = await runLoad({
      kind: 'post',
      url: `${stand.adminUrl}${TOKEN_PATH}`,
      headers: FORM,
      text: tokenForm(stand),
      bodyBytes: 0,
      connections,
      requestsMax: UNBOUNDED,
      durationMs: sizes.smallMs,
    });
    rates.push(report.requests / report.seconds);
  }
  return { [id]: middle(rates) };
}

/** Проверка токена, который модуль уже видел: внутри процесса, без сети. */
export async function measureVerification(id: string, lab: Lab): Promise<Record<string, number>> {
  const tokens = await startTokenIssuer();
  const keys = openJwksCache({ url: tokens.jwksUrl, refreshMs: HOUR_MS, staleMaxMs: HOUR_MS, log: SILENT });
  try {
    await keys.start();
    const verify = createVerifier({ keys, issuer: tokens.issuer, audience: 'artstore' });
    const known = Array.from({ length: TOKENS }, () => tokens.issue('artstore', 'files:read files:write'));
    for (const token of known) await verify(token);
    const rates: number[] = [];
    for (let run = 0; run < lab.sizes.repeats; run += 1) rates.push(await rateOf(known, verify, lab.sizes.smallMs));
    return { [id]: middle(rates) };
  } finally {
    await keys.close();
    await tokens.stop();
  }
}

/** Сколько паролей в секунду эта машина проверяет, если больше ничего не делает. */
export async function measureArgon2(id: string, lab: Lab): Promise<Record<string, number>> {
  const salt = randomBytes(16);
  const rates: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) {
    const work = (): Promise<unknown> => derive('argon2id', { message: PASSWORD, nonce: salt, ...ARGON2 });
    rates.push(await workTogether(ARGON2_CONCURRENT, lab.sizes.smallMs, work));
  }
  return { [id]: middle(rates) };
}

/** Входы без передышки, а рядом — одиночные запросы здоровья и токена: их не должно быть слышно. */
export async function measureLogins(id: string, lab: Lab): Promise<Record<string, number>> {
  const stand = await lab.stand();
  const people = await addPeople(stand);
  const rates: number[] = [];
  const live: number[] = [];
  const tokens: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) {
    let next = 0;
    const logIn = async (): Promise<void> => {
      next += 1;
      const body = JSON.stringify({ username: people[next % PEOPLE], password: PASSWORD });
      await ask(`${stand.adminUrl}${LOGIN_PATH}`, { method: 'POST', headers: JSON_BODY, body });
    };
    const [rate] = await Promise.all([
      workTogether(PEOPLE, lab.sizes.smallMs, logIn),
      workTogether(1, lab.sizes.smallMs, async () => void live.push(await timeOf(`${stand.adminUrl}/health/live`, {}))),
      workTogether(1, lab.sizes.smallMs, async () => {
        const request = { method: 'POST', headers: FORM, body: tokenForm(stand) };
        tokens.push(await timeOf(`${stand.adminUrl}${TOKEN_PATH}`, request));
      }),
    ]);
    rates.push(rate);
  }
  return { [id]: middle(rates), [`${id}.live-p99`]: percentile(live), [`${id}.token-p99`]: percentile(tokens) };
}

function tokenForm({ account: { client_id, client_secret } }: BenchStand): string {
  return new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString();
}

async function rateOf(
  known: readonly string[],
  verify: (token: string) => Promise<unknown>,
  forMs: number,
): Promise<number> {
  const startedAt = performance.now();
  let verified = 0;
  while (performance.now() - startedAt < forMs) {
    for (const token of known) await verify(token);
    verified += known.length;
  }
  return (verified * 1000) / (performance.now() - startedAt);
}

/** Новые люди, каждому — проверочный вход; возвращает имена. */
async function addPeople(stand: BenchStand): Promise<readonly string[]> {
  const { username, password } = stand.administrator;
  const body = JSON.stringify({ username, password });
  const reply = await ask(`${stand.adminUrl}${LOGIN_PATH}`, { method: 'POST', headers: JSON_BODY, body });
  const session: { access_token: string } = JSON.parse(await reply.text());
  const authorization = `Bearer ${session.access_token}`;
  const names = Array.from({ length: PEOPLE }, (_, index) => `bench-${randomBytes(4).toString('hex')}-${index}`);
  for (const name of names) {
    await ask(`${stand.adminUrl}/api/v1/admin-users`, {
      method: 'POST',
      headers: { ...JSON_BODY, authorization },
      body: JSON.stringify({ username: name, role: 'readonly', password: PASSWORD }),
    });
  }
  return names;
}

/** Одна и та же работа в несколько рук; возвращает, сколько раз в секунду её сделали. */
async function workTogether(hands: number, forMs: number, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - startedAt < forMs) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: hands }, one));
  return (done * 1000) / (performance.now() - startedAt);
}

async function timeOf(url: string, request: RequestInit): Promise<number> {
  const startedAt = performance.now();
  await (await ask(url, request)).arrayBuffer();
  return performance.now() - startedAt;
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  const answer = await fetch(url, request);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function percentile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;
}
