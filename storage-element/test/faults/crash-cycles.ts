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
  readonly crash: (element: Pick<ElementProcess, 'child' | 'ended'>) => Promise<void>;
}

/** Какую долю уже сверенных файлов скачать снова; после последнего запуска — все. */
const RECHECK_SHARE = 0.02;
/** Сбой — через случайное число подтверждений: на занятой машине нагрузка от этого не тощает. */
const ANSWERS_MIN = 1;
const ANSWERS_MAX = 90;
const LOAD_MS_MAX = 2_000;
const WORKERS = 10;
/** На перегруженной машине кругов будет меньше, о чём сказано в итоге, но проверка уложится в своё время. */
const BUDGET_MS = 230_000;
/** Меньшая доля кругов уже ничего не доказывает. */
const CYCLES_SHARE_MIN = 1 / 3;
/** Доля сбоев посреди запуска, до открытия порта: восстановление тоже прерывают. */
const DURING_START_SHARE = 0.25;
const START_MS_MIN = 80;
const START_MS_MAX = 450;

/** Проходит все круги и рассказывает, сколько чего было. */
export async function runCrashCycles(t: TestContext, { room, cycles, crash }: CrashCycles): Promise<void> {
  const ledger = new Ledger();
  const feed = new FeedCopy();
  let downloads = 0;
  let slowestMs = 0;
  let duringStart = 0;
  let done = 0;
  const deadline = performance.now() + BUDGET_MS;
  // Первый запуск кончается по-хорошему: он и оставляет кэш кода для остальных.
  assert.equal(await stopElement(await room.start()), 0);
  for (; done < cycles && performance.now() < deadline; done += 1) {
    if (Math.random() < DURING_START_SHARE) {
      const starting = room.spawn();
      await sleep(between(START_MS_MIN, START_MS_MAX));
      await crash(starting);
      duringStart += 1;
      continue;
    }
    const element = await room.start();
    slowestMs = Math.max(slowestMs, element.startedMs);
    downloads += await compareWithLedger({ element, ledger, feed, recheckShare: RECHECK_SHARE });
    const stopping = new AbortController();
    const loading = loadElement({ element, ledger, signal: stopping.signal, workers: WORKERS });
    const enough = ledger.acknowledgedTotal + between(ANSWERS_MIN, ANSWERS_MAX);
    const loadedEnoughAt = performance.now() + LOAD_MS_MAX;
    while (ledger.acknowledgedTotal < enough && performance.now() < loadedEnoughAt)
      await Promise.race([sleep(1), loading]);
    const crashed = crash(element);
    stopping.abort();
    await Promise.all([loading, crashed]);
  }
  const last = await room.start();
  downloads += await compareWithLedger({ element: last, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(last), 0);
  assert.deepEqual(readdirSync(join(room.env['SE_DATA_DIR'] ?? '', 'staging')), [], 'после остановки в staging пусто');
  assert.ok(ledger.acknowledgedTotal > 5 * done, 'нагрузка была настоящей');
  const { upload, edit, delete: removed, restore } = ledger.acknowledged;
  t.diagnostic(
    `сбоев ${done} из ${cycles}, из них посреди запуска ${duringStart}; подтверждено загрузок ${upload}, правок ${edit}, удалений ${removed}, возвратов ${restore}; ` +
      `без ответа, но целы ${ledger.unansweredWhole}; файлов ${ledger.files}, сверено скачиваний ${downloads}; ` +
      `самый долгий запуск ${slowestMs.toFixed()} мс`,
  );
  assert.ok(done >= cycles * CYCLES_SHARE_MIN, `машина слишком медленна: прошло кругов ${done} из ${cycles}`);
}

function between(min: number, max: number): number {
  return min + Math.random() * (max - min);
}
