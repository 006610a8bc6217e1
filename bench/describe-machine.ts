// На чём меряли: без имени машины и путей.

import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Machine } from './print-table.ts';

/** @param path папка, чья файловая система важна */
export function describeMachine(path: string): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'неизвестный процессор',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('-')[0] ?? '',
    node: process.versions.node,
    fileSystem: execFileSync('stat', ['-f', '-c', '%T', path], { encoding: 'utf8' }).trim(),
  };
}
