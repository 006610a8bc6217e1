// npm run fixtures:format: переписывает образцы формата тем, что пишет эта версия. Только когда формат меняется нарочно:
// тогда сперва новый номер формата в коде и новая папка в fixture-tree.ts. Прежнюю папку не трогают.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIXTURES, writeFixtureTree } from './fixture-tree.ts';

const { exact, loose } = await writeFixtureTree();
rmSync(FIXTURES, { recursive: true, force: true });
for (const [path, bytes] of [...exact, ...loose]) {
  const target = fileURLToPath(new URL(path, FIXTURES));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
}
process.stdout.write(`образцов записано: ${exact.size + loose.size}\n`);
