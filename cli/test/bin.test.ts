// Файл команды: работает как отдельный процесс и говорит на языке окружения.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const BIN = join(import.meta.dirname, '../bin/artstore.mjs');

function run(args: string[], env: Record<string, string> = {}) {
  const nowhere = join(tmpdir(), 'artstore-cli-nowhere');
  const ran = spawnSync(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: nowhere, ARTSTORE_HOME: nowhere, ...env },
    encoding: 'utf8',
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

test('справка — 0, неизвестная команда — 2, без входа — 3, без стенда — 2', () => {
  assert.equal(run(['--help']).code, 0);
  assert.equal(run(['bogus']).code, 2);
  assert.equal(run(['search', 'x']).code, 3);
  assert.equal(run(['login']).code, 2);
});

test('язык — по LC_ALL, LC_MESSAGES, LANG', () => {
  assert.match(run(['search', 'x'], { LANG: 'ru_RU.UTF-8' }).err, /Входа ещё не было/);
  assert.match(run(['search', 'x'], { LANG: 'ru_RU.UTF-8', LC_ALL: 'C' }).err, /Not signed in/);
  assert.match(run(['search', 'x']).err, /Not signed in/);
});
