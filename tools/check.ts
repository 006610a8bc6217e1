// npm run check: все статические проверки, по две одновременно, с временем каждой.
// Имена после команды ограничивают работу ими: npm run check -- types lint.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CHECKS, type Check } from './check/check-list.ts';
import { runCommand } from './check/run-command.ts';

const CHECK_TIMEOUT_MS = 120_000;
const root = join(import.meta.dirname, '..');

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function runCheck(check: Check, counts: Counts): Promise<void> {
  if (check.needs !== undefined && !existsSync(join(root, check.needs))) {
    counts.skipped += 1;
    console.log(`- ${check.id}: пропущено, нет ${check.needs}`);
    return;
  }
  const result = await runCommand({ file: check.file, args: check.args, cwd: root, timeoutMs: CHECK_TIMEOUT_MS });
  const time = `${result.seconds.toFixed(1)} с`;
  if (result.ok) {
    counts.passed += 1;
    console.log(`✓ ${check.id} (${check.promise}) ${time}`);
    return;
  }
  counts.failed += 1;
  console.log(`✗ ${check.id} (${check.promise}) ${time}\n${result.output.replaceAll(/^/gm, '    ')}`);
}

async function runAll(checks: readonly Check[]): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const queue = [...checks];
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) await runCheck(check, counts);
  };
  await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, worker));
  return counts;
}

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? CHECKS : CHECKS.filter(({ id }) => wanted.some((name) => id.startsWith(name)));
if (chosen.length === 0) {
  console.error(`Нет такой проверки. Есть: ${CHECKS.map(({ id }) => id).join(', ')}.`);
  process.exit(2);
}
const startedAt = performance.now();
const counts = await runAll(chosen);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`checks: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds} s`);
process.exitCode = counts.failed === 0 ? 0 : 1;
