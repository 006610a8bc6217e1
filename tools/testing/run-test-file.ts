// Один файл проверок в своём процессе и своей группе процессов: с пределом времени и без возможности подвесить прогон.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseReportedTest, type ReportedTest } from './report-events.ts';

export interface TestFileRun {
  readonly root: string;
  readonly path: string;
  readonly testTimeoutMs: number;
  readonly fileTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface TestFileResult {
  readonly path: string;
  readonly tests: readonly ReportedTest[];
  /** Что пошло не так с самим файлом: не загрузился, завис, упал вне проверок. */
  readonly fault: string | undefined;
  readonly output: string;
  readonly seconds: number;
}

const OUTPUT_CHARS_MAX = 20_000;
const reporter = join(import.meta.dirname, 'report-events.ts');

/** Выполняет файл и собирает отчёт. Сигнал обрывает его вместе с порождёнными им процессами. */
export async function runTestFile(run: TestFileRun): Promise<TestFileResult> {
  const startedAt = performance.now();
  const reportPath = join(tmpdir(), `report-${randomBytes(6).toString('hex')}.jsonl`);
  const { fault: processFault, output } = await runProcess(run, reportPath);
  const tests = await readReport(reportPath);
  const failedAlready = tests.some((item) => item.outcome === 'failed');
  const fault = processFault?.hung === true || !failedAlready ? processFault?.message : undefined;
  return { path: run.path, tests, fault, output, seconds: (performance.now() - startedAt) / 1000 };
}

interface ProcessFault {
  readonly hung: boolean;
  readonly message: string;
}

function runProcess(
  run: TestFileRun,
  reportPath: string,
): Promise<{ fault: ProcessFault | undefined; output: string }> {
  const child = spawn(
    process.execPath,
    [
      `--test-timeout=${run.testTimeoutMs}`,
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${reportPath}`,
      run.path,
    ],
    // Отвязан: собственная группа процессов, чтобы предел времени снял и всё порождённое.
    { cwd: run.root, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let output = '';
  const collect = (chunk: string): void => {
    output = `${output}${chunk}`.slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((resolve) => {
    let hung = false;
    const killGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    };
    const timer = setTimeout(() => {
      hung = true;
      killGroup();
    }, run.fileTimeoutMs);
    run.signal.addEventListener('abort', killGroup, { once: true });
    const finish = (fault: ProcessFault | undefined): void => {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', killGroup);
      resolve({ fault, output: output.trimEnd() });
    };
    child.once('error', (error) => finish({ hung: false, message: error.message }));
    child.once('close', (code, signal) => {
      if (hung) finish({ hung, message: `не завершился за ${run.fileTimeoutMs / 1000} с` });
      else if (code !== 0) finish({ hung, message: `процесс завершился с ${signal ?? `кодом ${code}`}` });
      else finish(undefined);
    });
  });
}

async function readReport(path: string): Promise<readonly ReportedTest[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  await rm(path);
  // Оборванный процесс мог не дописать последнюю строку; она без перевода строки и не читается.
  const lines = text.split('\n').slice(0, -1);
  return lines.map(parseReportedTest);
}
