import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryDirectory, waitUntil } from '@artstore/testing';

const SOURCE = path.join(import.meta.dirname, 'ensure-installed.mjs');

/** Вместо npm: ставит «пакет» за полсекунды, считает свои запуски и умеет отказывать так, как отказывает npm. */
const NPM = `
const fs = require('node:fs');
fs.appendFileSync('runs', process.argv[2] + '\\n');
const failure = process.env.NPM_FAILURE;
if (failure && !(failure === 'EUSAGE' && process.argv[2] === 'install')) {
  console.error('npm error code ' + failure);
  process.exit(1);
}
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules/.bin', { recursive: true });
setTimeout(() => {
  fs.writeFileSync('node_modules/.bin/node', '');
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/x': { version: '1.0.0' } } }));
}, 500);
`;

async function project(t: TestContext) {
  const root = await temporaryDirectory(t);
  mkdirSync(path.join(root, 'tools'));
  cpSync(SOURCE, path.join(root, 'tools/ensure-installed.mjs'));
  writeFileSync(path.join(root, 'npm.cjs'), NPM);
  const wish = (version: string) =>
    writeFileSync(
      path.join(root, 'package-lock.json'),
      JSON.stringify({ packages: { '': {}, 'node_modules/x': { version } } }),
    );
  wish('1.0.0');
  const start = (env: Record<string, string> = {}) => {
    const script =
      "import('./tools/ensure-installed.mjs').then((m) => m.ensureInstalled()).then(() => console.log('готово'), (e) => console.log(e.name + ': ' + e.message))";
    const child = spawn(process.execPath, ['-e', script], {
      cwd: root,
      env: { ...env, npm_execpath: path.join(root, 'npm.cjs') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    return { child, done: once(child, 'close').then(() => output) };
  };
  const runs = () =>
    existsSync(path.join(root, 'runs')) ? readFileSync(path.join(root, 'runs'), 'utf8').trim().split('\n') : [];
  return { root, wish, start, runs };
}

test('ставит один раз, потом только проверяет; новый lock-файл ставится снова', async (t) => {
  const { start, runs, wish } = await project(t);
  assert.match(await start().done, /готово/);
  assert.equal(await start().done, 'готово\n');
  assert.deepEqual(runs(), ['ci']);
  wish('2.0.0');
  await start().done;
  assert.deepEqual(runs(), ['ci', 'ci']);
});

test('поставленное руками и совпадающее не переставляется', async (t) => {
  const { start, runs, root } = await project(t);
  await start().done;
  rmSync(path.join(root, 'node_modules/.artstore-installed'));
  assert.equal(await start().done, 'готово\n');
  assert.deepEqual(runs(), ['ci']);
});

test('из трёх одновременных запусков ставит один, остальные ждут', async (t) => {
  const { start, runs } = await project(t);
  const outputs = await Promise.all([start().done, start().done, start().done]);
  assert.ok(outputs.every((output) => output.endsWith('готово\n')));
  assert.deepEqual(runs(), ['ci']);
});

test('запуск убит посреди установки: следующий дожидается его npm и не мешает ему', async (t) => {
  const { start, runs } = await project(t);
  const first = start();
  await waitUntil('npm пошёл', () => runs().length === 1);
  first.child.kill('SIGKILL');
  assert.match(await start({ LANG: 'ru_RU.UTF-8' }).done, /уже ставит другой запуск[^]*готово/);
  assert.deepEqual(runs(), ['ci']);
});

test('недоставленное ставится снова', async (t) => {
  const { start, runs, root } = await project(t);
  mkdirSync(path.join(root, 'node_modules/x'), { recursive: true });
  assert.match(await start().done, /готово/);
  assert.deepEqual(runs(), ['ci']);
});

test('lock-файл без пакетов чужих платформ не мешает: npm install ставит те же версии', async (t) => {
  const { start, runs } = await project(t);
  assert.match(await start({ NPM_FAILURE: 'EUSAGE' }).done, /готово/);
  assert.deepEqual(runs(), ['ci', 'install']);
});

test('отказ объясняется одной фразой', async (t) => {
  const { start } = await project(t);
  assert.match(await start({ NPM_FAILURE: 'ENOTFOUND' }).done, /InstallError: .*check the network\n$/);
  assert.match(await start({ NPM_FAILURE: 'ENOSPC' }).done, /InstallError: .*no space left on the disk\n$/);
  assert.match(await start({ NPM_FAILURE: 'EACCES', LANG: 'ru_RU.UTF-8' }).done, /InstallError: .*нельзя писать\n$/);
});
