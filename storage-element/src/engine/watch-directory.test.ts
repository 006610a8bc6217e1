// Каталог данных на настоящем диске: подмена, пропажа и чужая личность замечены, обычная работа — нет.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createDirectoryProbe, createRealDisk } from './disk.ts';
import { type ElementIdentity, writeIdentity } from './element-identity.ts';
import { createLayout, type Layout } from './layout.ts';
import { watchDirectory } from './watch-directory.ts';

const ID = '0197a3f0-0000-7000-8000-000000000001';
const OTHER = '0197a3f0-0000-7000-8000-000000000002';
const disk = createRealDisk();
const identity: ElementIdentity = { format: 1, storageId: ID, epoch: OTHER, mode: 'rw' };

async function openWatch(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'artstore-watch-'));
  t.after(() => rmSync(home, { recursive: true }));
  const layout = createLayout(join(home, 'data'), join(home, 'wal'));
  for (const path of [layout.files, layout.walDir]) mkdirSync(path, { recursive: true });
  await writeIdentity(disk, layout, identity);
  const look = watchDirectory({ probe: createDirectoryProbe(), disk, layout, storageId: ID });
  assert.equal(look().kind, 'present');
  return { home, layout, look };
}

test('обычная работа: новые файлы, новый режим в element.json', async (t) => {
  const { layout, look } = await openWatch(t);
  writeFileSync(join(layout.files, 'x'), 'x');
  await writeIdentity(disk, layout, { ...identity, mode: 'ro' });
  assert.equal(look().kind, 'present');
});

const LOSSES: readonly (readonly [title: string, lose: (layout: Layout, home: string) => void])[] = [
  ['каталог данных удалён', ({ dataDir }) => rmSync(dataDir, { recursive: true })],
  ['на его месте пустой', ({ dataDir }, home) => (renameSync(dataDir, join(home, 'old')), mkdirSync(dataDir))],
  [
    'на его месте копия: тот же element.json, но диск другой',
    ({ dataDir }, home) => (
      renameSync(dataDir, join(home, 'old')), cpSync(join(home, 'old'), dataDir, { recursive: true })
    ),
  ],
  ['files/ подменён', ({ files }, home) => (renameSync(files, join(home, 'old')), mkdirSync(files))],
  ['каталог журнала подменён', ({ walDir }, home) => (renameSync(walDir, join(home, 'old')), mkdirSync(walDir))],
  ['element.json пропал', (layout) => rmSync(layout.identity)],
  ['element.json не читается', (layout) => writeFileSync(layout.identity, '{')],
];
for (const [title, lose] of LOSSES) {
  test(`${title}: каталога нет на месте`, async (t) => {
    const { layout, home, look } = await openWatch(t);
    lose(layout, home);
    const state = look();
    assert.equal(state.kind, 'absent');
    assert.ok(state.kind === 'absent' && state.reason.length > 10);
  });
}

test('element.json чужого элемента — не наш каталог; вернулся свой — снова наш', async (t) => {
  const { layout, look } = await openWatch(t);
  await writeIdentity(disk, layout, { ...identity, storageId: OTHER });
  assert.equal(look().kind, 'absent');
  await writeIdentity(disk, layout, identity);
  assert.equal(look().kind, 'present');
});
