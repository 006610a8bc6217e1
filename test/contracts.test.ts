// Четыре контракта вместе: обещанные операции на месте, открыто только названное, непостроенное перечислено.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contractPlaces, MODULES, type ModuleName } from '../tools/generate/contract-modules.ts';
import { type ContractOperation, operationsOf } from '../tools/generate/contract-operations.ts';

const root = join(import.meta.dirname, '..');

function operations(module: ModuleName): readonly ContractOperation[] {
  return operationsOf(JSON.parse(readFileSync(join(root, contractPlaces(module).bundle), 'utf8')));
}

const HEALTH = ['GET /health/live', 'GET /health/ready', 'GET /metrics'];

/** Обещанное проектом; `/api/v1` впереди опущено. Лишние операции допустимы, пропавшие — нет. */
const PROMISED: Readonly<Record<ModuleName, readonly string[]>> = {
  'storage-element': [
    'PUT /files/{}',
    'GET /files',
    'GET /changes',
    'GET /files/{}',
    'PATCH /files/{}',
    'DELETE /files/{}',
    'POST /files/{}/restore',
    'GET /files/{}/download',
    'HEAD /files/{}/download',
    'GET /info',
    'POST /mode/transition',
    'POST /maintenance/reconcile',
    'GET /maintenance/reconcile',
    'POST /maintenance/gc',
    'GET /maintenance/gc',
    ...HEALTH,
  ],
  'admin-module': [
    'POST /auth/token',
    'GET /auth/jwks',
    'GET /.well-known/oauth-authorization-server',
    'POST /admin-auth/login',
    'POST /admin-auth/refresh',
    'POST /admin-auth/logout',
    'GET /admin-auth/me',
    'POST /admin-auth/change-password',
    'POST /admin-users',
    'GET /admin-users',
    'GET /admin-users/{}',
    'PUT /admin-users/{}',
    'DELETE /admin-users/{}',
    'POST /admin-users/{}/reset-password',
    'POST /admin-users/{}/unlock',
    'POST /service-accounts',
    'GET /service-accounts',
    'GET /service-accounts/{}',
    'PUT /service-accounts/{}',
    'DELETE /service-accounts/{}',
    'POST /service-accounts/{}/rotate-secret',
    'POST /storage-elements/discover',
    'POST /storage-elements',
    'GET /storage-elements',
    'GET /storage-elements/{}',
    'PUT /storage-elements/{}',
    'DELETE /storage-elements/{}',
    'POST /storage-elements/{}/sync',
    'GET /storage-elements/{}/syncs',
    'POST /storage-elements/{}/mode',
    'POST /storage-elements/{}/reconcile',
    'GET /storage-elements/{}/reconcile',
    'GET /jwt-keys/status',
    'POST /jwt-keys/rotate',
    'POST /files',
    'GET /files',
    'GET /files/{}',
    'PUT /files/{}',
    'DELETE /files/{}',
    'POST /files/{}/restore',
    'POST /files/{}/report-missing',
    'GET /stats',
    'GET /audit',
    ...HEALTH,
  ],
  'ingester-module': ['POST /files/upload', ...HEALTH],
  'query-module': ['POST /search', 'GET /files/{}', 'GET /files/{}/download', 'HEAD /files/{}/download', ...HEALTH],
};

for (const module of MODULES) {
  test(`${module}: в контракте есть каждая обещанная операция`, () => {
    const present = new Set(
      operations(module).map(
        ({ method, path }) =>
          `${method.toUpperCase()} ${path.replace(/^\/api\/v1/, '').replaceAll(/\{[^}]+\}/g, '{}')}`,
      ),
    );
    assert.deepEqual(
      PROMISED[module].filter((route) => !present.has(route)),
      [],
    );
  });
}

test('без токена открыты только вход, ключи, сведения об элементе, здоровье и метрики', () => {
  const open = MODULES.flatMap((module) =>
    operations(module)
      .filter(({ definition }) => Array.isArray(definition['security']) && definition['security'].length === 0)
      .map(({ operationId }) => `${module}/${operationId}`),
  );
  const health = MODULES.flatMap((module) =>
    ['getLiveness', 'getReadiness', 'getMetrics'].map((name) => `${module}/${name}`),
  );
  const named = ['issueToken', 'getJwks', 'getAuthorizationServerMetadata', 'logIn', 'refreshSession'].map(
    (name) => `admin-module/${name}`,
  );
  assert.deepEqual(open.toSorted(), [...health, ...named, 'storage-element/getInfo'].toSorted());
});

test('у каждой операции security написан явно, а у закрытой описаны 401 и 403', () => {
  for (const module of MODULES) {
    for (const { operationId, definition } of operations(module)) {
      const { security, responses } = definition;
      assert.ok(Array.isArray(security), `${module}/${operationId}: нет security`);
      if (security.length === 0) continue;
      const statuses = Object.keys(typeof responses === 'object' && responses !== null ? responses : {});
      assert.ok(
        statuses.includes('401') && statuses.includes('403'),
        `${module}/${operationId}: ${statuses.join(', ')}`,
      );
    }
  }
});
