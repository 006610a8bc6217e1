// npm run check -- boundaries: обходит исходники и сообщает о нарушениях правила зависимостей.
// Само правило — данные в boundaries/rooms.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBreaches } from './boundaries/find-breaches.ts';
import { readSource } from './boundaries/read-source.ts';
import { listFiles } from './list-files.ts';

const root = join(import.meta.dirname, '..');
const paths = listFiles(root).filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !/\.gen\.ts$|\.d\.ts$/.test(path));
const breaches = paths.flatMap((path) => findBreaches(readSource(path, readFileSync(join(root, path), 'utf8'))));

for (const { path, line, rule, message } of breaches) console.log(`${path}:${line} [${rule}] ${message}`);
console.log(`файлов: ${paths.length}, нарушений: ${breaches.length}`);
process.exitCode = breaches.length === 0 ? 0 : 1;
