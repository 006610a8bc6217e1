// npm run check -- repository: в отслеживаемых файлах нет следов чужих машин, а ссылки Markdown ведут куда-то.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './list-files.ts';
import {
  type Fault,
  findDeadLinks,
  findForbiddenWords,
  findLockHosts,
  findSameMigrations,
  headingAnchors,
} from './repository/find-faults.ts';

const FILE_BYTES_MAX = 2 * 1024 * 1024;
const root = join(import.meta.dirname, '..');

function readText(path: string): string | undefined {
  const full = join(root, path);
  if (statSync(full).size > FILE_BYTES_MAX) return undefined;
  const bytes = readFileSync(full);
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}

const places = {
  exists: (path: string) => existsSync(join(root, path)),
  headingsOf: (path: string) => headingAnchors(readText(path) ?? ''),
};

function faultsOf(path: string): readonly Fault[] {
  const text = readText(path);
  if (text === undefined) return [];
  return [
    ...findForbiddenWords(path, text),
    ...(path.endsWith('package-lock.json') ? findLockHosts(path, text) : []),
    ...(path.endsWith('.md') ? findDeadLinks({ path, text }, places) : []),
  ];
}

/** Решение, которого нет в перечне, никто не найдёт. */
function unlistedDecisions(paths: readonly string[]): readonly Fault[] {
  const index = 'docs/decisions/README.md';
  const text = readText(index) ?? '';
  return paths
    .filter((path) => /^docs\/decisions\/\d{4}-.+\.md$/.test(path) && !text.includes(`(${path.slice(15)})`))
    .map((path) => ({ path: index, line: 1, message: `в перечне нет ${path}` }));
}

const files = listFiles(root);
const faults = [...files.flatMap(faultsOf), ...unlistedDecisions(files), ...findSameMigrations(files)];
for (const { path, line, message } of faults) console.log(`${path}:${line} ${message}`);
console.log(`файлов: ${files.length}, находок: ${faults.length}`);
process.exitCode = faults.length === 0 ? 0 : 1;
