// Круги «нагрузка → сбой → запуск → сверка» для любого сбоя, после которого процесса нет: kill -9, отключение питания.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElementProcess } from '../start-process.ts';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { loadElement } from './load-element.ts';

export interface CrashCycles {
  readonly room: FaultRoom;
  readonly cycles: number;
  /** Чем кончается круг; возвращается, когда процесса нет и элемент можно запускать снова. */
  readonly crash: (element: ElementProcess) => Promise<void>;
}

/** Какую долю уже сверенных файлов скачать снова; после последнего запуска — все. */
const RECHECK_SHARE = 0.02;
const LOAD_MS_MIN = 15;
const LOAD_MS_MAX = 160;
const WORKERS = 10;

/** Проходит все круги и рассказывает, сколько чего было. */
export async function runCrashCycles(t: TestContext, { room, cycles, crash }: CrashCycles): Promise<void> {
  const ledger = new Ledger();
  const feed = new FeedCopy();
  let downloads = 0;
  let slowestMs = 0;
  // Первый запуск кончается по-хорошему: он и оставляет кэш кода для остальных.
  assert.equal(await stopElement(await room.start()), 0);
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const element = await room.start();
    slowestMs = Math.max(slowestMs, element.startedMs);
    downloads += await compareWithLedger({ element, ledger, feed, recheckShare: RECHECK_SHARE });
    const stopping = new AbortController();
    const loading = loadElement({ element, ledger, signal: stopping.signal, workers: WORKERS });
    await Promise.race([sleep(LOAD_MS_MIN + Math.random() * (LOAD_MS_MAX - LOAD_MS_MIN)), loading]);
    const crashed = crash(element);
    stopping.abort();
    await Promise.all([loading, crashed]);
  }
  const last = await room.start();
  downloads += await compareWithLedger({ element: last, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(last), 0);
  assert.deepEqual(readdirSync(join(room.env['SE_DATA_DIR'] ?? '', 'staging')), [], 'после остановки в staging пусто');
  assert.ok(ledger.acknowledgedTotal > 5 * cycles, 'нагрузка была настоящей');
  const { upload, edit, delete: removed, restore } = ledger.acknowledged;
  t.diagnostic(
    `сбоев ${cycles}; подтверждено загрузок ${upload}, правок ${edit}, удалений ${removed}, возвратов ${restore}; ` +
      `без ответа, но целы ${ledger.unansweredWhole}; файлов ${ledger.files}, сверено скачиваний ${downloads}; ` +
      `самый долгий запуск ${slowestMs.toFixed()} мс`,
  );
}
