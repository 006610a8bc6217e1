// Большой набор: элемент с миллионом файлов, сделанный в обход HTTP кодом самого движка. Описания настоящие и у каждого
// файла свои, а байты у ведра общие: меряются указатель и запуск, а не диск.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Element, startElement } from './start-element.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface Million {
  readonly storageId: string;
  readonly files: number;
  /** Дошло до конца, когда набор наполнен и каталог построен. */
  readonly made: Promise<void>;
  /** С какой скоростью построился каталог, когда его не было вовсе. */
  readonly rebuildFilesPerSecond: number;
  /**
   * Запускает элемент на наборе и ждёт готовности; прежний останавливает сам. startMs — от запуска процесса.
   * @param trusted чьим токенам верить вместо обычных
   */
  start(trusted?: TokenIssuer): Promise<{ readonly element: Element; readonly startMs: number }>;
  close(): Promise<void>;
}

interface MillionOptions {
  readonly directory: string;
  readonly issuer: TokenIssuer;
  readonly files: number;
}

const seeder = join(import.meta.dirname, '../storage-element/test/seed-files.ts');
const READY_TIMEOUT_MS = 600_000;
const POLL_MS = 5;
const BODY_BYTES = 4096;

/** Начинает делать набор; ждать — made. close прерывает и убирает всё. */
export function makeMillion(options: MillionOptions): Million {
  const { directory, issuer, files } = options;
  const storageId = randomUUID();
  let element: Element | undefined;
  let seeding: ChildProcess | undefined;
  let rebuildSeconds = 0;

  const start: Million['start'] = async (trusted = issuer) => {
    await element?.stop();
    const startedAt = performance.now();
    element = await startElement({ directory, issuer: trusted, storageId });
    await untilReady(element.url);
    return { element, startMs: performance.now() - startedAt };
  };

  const make = async (): Promise<void> => {
    element = await startElement({ directory, issuer, storageId });
    await element.stop();
    const dataDir = join(directory, 'data');
    seeding = spawn(process.execPath, [seeder, dataDir, join(dataDir, 'wal'), String(files), String(BODY_BYTES)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code]: unknown[] = await once(seeding, 'exit');
    if (code !== 0) throw new Error(`набор не сделан: код ${String(code)}`);
    // Наполнитель убрал каталог, поэтому этот запуск строит его целиком.
    const { startMs } = await start();
    rebuildSeconds = startMs / 1000;
  };

  const made = make();
  made.catch(() => undefined);
  return {
    storageId,
    files,
    made,
    get rebuildFilesPerSecond() {
      return files / rebuildSeconds;
    },
    start,
    async close() {
      seeding?.kill('SIGKILL');
      await made.catch(() => undefined);
      await element?.stop();
      // Два миллиона имён: синхронное удаление в разы быстрее, а ждать здесь больше нечего.
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Ждёт готовности без оговорок: журнал повторён, каталог построен, ключи получены. */
async function untilReady(url: string): Promise<void> {
  for (const deadline = performance.now() + READY_TIMEOUT_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    const answer = await fetch(`${url}/health/ready`);
    const body: unknown = await answer.json();
    if (typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok') return;
  }
  throw new Error('элемент не стал готов');
}
