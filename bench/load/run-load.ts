// Запускает генератор нагрузки и возвращает его отчёт; отказ хотя бы одного запроса — провал замера.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LoadPlan, LoadReport } from './load-plan.ts';

const generator = join(import.meta.dirname, 'generate-load.ts');

/** @throws Error с первым отказом: замер с отказами ничего не значит */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const child = spawn(process.execPath, [generator, JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`генератор нагрузки завершился с кодом ${code}`);
  const report: LoadReport = JSON.parse(output);
  if (report.failures > 0) throw new Error(`отказов: ${report.failures}, первый: ${report.firstFailure}`);
  return report;
}
