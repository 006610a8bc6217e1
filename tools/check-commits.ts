// npm run check -- commits: последние сообщения коммитов отвечают Conventional Commits (commitlint.config.mjs).

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import lint from '@commitlint/lint';
import load from '@commitlint/load';

const COMMITS_MAX = 50;
const root = join(import.meta.dirname, '..');

if (!existsSync(join(root, '.git'))) {
  console.log('не репозиторий git: сообщений нет');
  process.exit(0);
}
const log = execFileSync(
  'git',
  ['-c', 'safe.directory=*', 'log', '--no-merges', `-${COMMITS_MAX}`, '-z', '--format=%h %B'],
  { cwd: root, encoding: 'utf8' },
);
const messages = log.split('\0').filter((entry) => entry.trim() !== '');
const config = await load({}, { cwd: root });
for (const entry of messages) {
  const [hash, message] = [entry.slice(0, entry.indexOf(' ')), entry.slice(entry.indexOf(' ') + 1)];
  const result = await lint(message, config.rules);
  if (result.valid) continue;
  process.exitCode = 1;
  console.log(`${hash} ${message.split('\n')[0]}\n${result.errors.map((fault) => `  ${fault.message}`).join('\n')}`);
}
console.log(`проверено сообщений: ${messages.length}`);
