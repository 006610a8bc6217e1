// README обещает команды — они и исполняются: блоки curl и artstore обоих README против настоящего стенда.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { projectRoot } from './lib/run-stand.ts';
import { useStand } from './lib/use-stand.ts';

const run = promisify(execFile);
const stand = useStand();

/** Текст блока sh между метками. */
async function block(file: string, name: string): Promise<string> {
  const text = await readFile(join(projectRoot, file), 'utf8');
  const found = new RegExp(`<!-- ${name}:begin -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\`\\n<!-- ${name}:end -->`).exec(text);
  assert.ok(found?.[1], `${file}: нет блока ${name}`);
  return found[1];
}

/** Исполняет блок в пустой папке с копией README.md, как это сделал бы человек. */
async function execute(t: TestContext, script: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'readme-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await copyFile(join(projectRoot, 'README.md'), join(directory, 'README.md'));
  const env = {
    ...process.env,
    HOME: directory,
    // Временные папки примера уходят вместе с папкой проверки.
    TMPDIR: directory,
    XDG_CONFIG_HOME: join(directory, 'config'),
    ARTSTORE_HOME: stand().launched.home,
    PATH: `${join(projectRoot, 'node_modules/.bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
  };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory, env, timeout: 60_000 });
  return stdout;
}

function assertSameSums(output: string): void {
  const sums = [...output.matchAll(/^([0-9a-f]{64}) {2}(README|copy)\.md$/gm)].map((match) => match[1]);
  assert.equal(sums.length, 2, output);
  assert.equal(sums[0], sums[1]);
}

test('блоки команд в обоих README совпадают', async () => {
  const commands = async (file: string, name: string): Promise<string> =>
    (await block(file, name)).replaceAll(/^#.*$/gm, '');
  for (const name of ['curl', 'artstore']) {
    assert.equal(await commands('README.md', name), await commands('README.en.md', name));
  }
});

test('весь путь из README через curl: загружено, найдено, скачано с той же суммой', async (t) => {
  const output = await execute(t, await block('README.md', 'curl'));
  assert.match(output, /"original_filename":"README\.md"/);
  assertSameSums(output);
});

test('весь путь из README командой artstore', async (t) => {
  // npx без сети взял бы то же самое из node_modules/.bin; здесь оно первым в PATH.
  const script = (await block('README.md', 'artstore')).replaceAll(/\bnpx artstore\b/g, 'artstore');
  const output = await execute(t, script);
  assert.match(output, /README\.md/);
  assertSameSums(output);
});
