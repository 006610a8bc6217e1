// Клиенты OAuth, которых писали не мы: openid-client и curl, по настоящему TLS.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '@artstore/testing';
import { decodeJwt } from 'jose';
import { inOrder } from './clean-up.ts';
import { startFakeElement } from './fake-element.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';
import { startTlsFront } from './start-tls-front.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'ask-by-openid-client.ts');
/** Знаки, которые ломают заголовок Basic и форму, если их не закодировать. */
const AWKWARD_SECRET = 'секрет: с+плюсом, %процентом & "кавычками"=0123456789';
const PLAIN_SECRET = 'as_plain-secret_0123456789';
const TIMEOUT_MS = 60_000;

interface Place {
  readonly admin: TestAdmin;
  readonly issuer: string;
  readonly caFile: string;
}

async function openPlace(t: TestContext): Promise<Place> {
  const folder = await temporaryDirectory(inOrder(t));
  const front = await startTlsFront(t);
  const caFile = join(folder, 'ca.pem');
  const accountsFile = join(folder, 'accounts.json');
  await writeFile(caFile, front.ca);
  const account = (name: string, secret: string, ...scopes: string[]) => ({
    name,
    client_id: name,
    client_secret: secret,
    scopes,
  });
  await writeFile(
    accountsFile,
    JSON.stringify([
      account('awkward', AWKWARD_SECRET, 'files:read', 'files:write'),
      account('module', PLAIN_SECRET, 'files:read', 'storage:read', 'storage:write', 'admin:write'),
    ]),
  );
  const admin = await startAdmin(t, { AM_ISSUER: front.url, AM_BOOTSTRAP_ACCOUNTS: accountsFile });
  front.target = admin.url;
  return { admin, issuer: front.url, caFile };
}

async function registerElement({ admin }: Place, t: TestContext): Promise<string> {
  const { url, storageId } = await startFakeElement(t);
  const form = { grant_type: 'client_credentials', client_id: 'module', client_secret: PLAIN_SECRET };
  const { access_token: token } = (await admin.call('/api/v1/auth/token', { form })).body;
  const added = await admin.call('/api/v1/storage-elements', { token, json: { name: 'se-01', url } });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  return storageId;
}

test('openid-client: адреса по RFC 8414, basic и post, сужение прав, получатель, ошибки', async (t) => {
  const place = await openPlace(t);
  const storageId = await registerElement(place, t);
  const { issuer, caFile } = place;
  const awkward = { issuer, clientId: 'awkward', secret: AWKWARD_SECRET, parameters: {} };
  const module = { issuer, clientId: 'module', secret: PLAIN_SECRET, parameters: {} };
  const basic = { method: 'client_secret_basic' };
  const post = { method: 'client_secret_post' };
  const asks = [
    { ...awkward, ...basic },
    { ...awkward, ...post, parameters: { scope: 'files:read' } },
    { ...module, ...basic, parameters: { resource: `urn:uuid:${storageId}`, scope: 'storage:read' } },
    { ...awkward, ...post, secret: 'wrong' },
    { ...awkward, ...basic, secret: 'wrong' },
    { ...awkward, ...post, parameters: { scope: 'admin:write' } },
    { ...awkward, ...basic, parameters: { resource: `urn:uuid:${storageId}` } },
    { ...module, ...post, parameters: { resource: `urn:uuid:${randomUUID()}` } },
  ];
  const { stdout } = await run(process.execPath, [SCRIPT, JSON.stringify(asks)], {
    env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: caFile },
    timeout: TIMEOUT_MS,
  });
  const [all, narrowed, bound, ...refused] = JSON.parse(stdout);
  assert.equal(all.endpoint, `${issuer}/api/v1/auth/token`);
  assert.deepEqual(
    [all.granted.token_type, all.granted.expires_in, all.granted.scope],
    ['bearer', 900, 'files:read files:write'],
  );
  assert.equal(decodeJwt(all.granted.access_token).iss, issuer);
  assert.equal(narrowed.granted.scope, 'files:read');
  assert.deepEqual(decodeJwt(narrowed.granted.access_token)['scopes'], ['files:read']);
  assert.equal(decodeJwt(bound.granted.access_token).aud, storageId);
  assert.deepEqual(refused, [
    { status: 401, error: 'invalid_client' },
    { status: 401, challenge: 'basic' },
    { status: 400, error: 'invalid_scope' },
    { status: 400, error: 'invalid_target' },
    { status: 400, error: 'invalid_target' },
  ]);
});

test('curl: -u и --data-urlencode, повтор поля и два способа разом — invalid_request', async (t) => {
  const place = await openPlace(t);
  const storageId = await registerElement(place, t);
  const curl = async (...words: string[]): Promise<{ head: string; status: number; body: Record<string, string> }> => {
    const fixed = ['--silent', '--show-error', '--include', '--cacert', place.caFile, ...words];
    const { stdout } = await run('curl', [...fixed, `${place.issuer}/api/v1/auth/token`], { timeout: TIMEOUT_MS });
    const [head = '', body = ''] = stdout.split('\r\n\r\n');
    return { head: head.toLowerCase(), status: Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]), body: JSON.parse(body) };
  };
  const grant = ['--data-urlencode', 'grant_type=client_credentials'];
  const user = ['-u', `module:${PLAIN_SECRET}`];

  const issued = await curl(...user, ...grant, '--data-urlencode', `resource=urn:uuid:${storageId}`);
  assert.equal(issued.status, 200);
  assert.match(issued.head, /^cache-control: no-store\r?$/m);
  assert.match(issued.head, /^pragma: no-cache\r?$/m);
  assert.equal(decodeJwt(issued.body['access_token'] ?? '').aud, storageId);

  const awkward = ['--data-urlencode', 'client_id=awkward', '--data-urlencode', `client_secret=${AWKWARD_SECRET}`];
  const posted = await curl(...grant, ...awkward, '--data-urlencode', 'scope=files:write');
  assert.deepEqual([posted.status, posted.body['scope']], [200, 'files:write']);

  const wrong = await curl('-u', 'module:wrong', ...grant);
  assert.deepEqual([wrong.status, wrong.body['error']], [401, 'invalid_client']);
  assert.match(wrong.head, /^www-authenticate: basic realm="artstore"\r?$/m);
  assert.match(wrong.head, /^cache-control: no-store\r?$/m);

  for (const [words, error] of [
    [[...user, ...grant, ...grant], 'invalid_request'],
    [[...user, ...grant, '--data-urlencode', 'scope=files:read', '-d', 'scope=files:read'], 'invalid_request'],
    [[...user, ...grant, ...awkward], 'invalid_request'],
    [[...user, ...grant, '-d', 'resource=artstore', '-d', `resource=${storageId}`], 'invalid_target'],
    [[...user, '--data-urlencode', 'grant_type=authorization_code'], 'unsupported_grant_type'],
    [[...user, '--data-urlencode', 'scope=files:read'], 'invalid_request'],
  ] as const) {
    const { status, body } = await curl(...words);
    assert.deepEqual([status, body['error']], [400, error], words.join(' '));
  }
});
