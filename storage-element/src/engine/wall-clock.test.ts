// Вера часам: прыжки, отставание от отметки, долгий простой, запуск в 2030 году, новый элемент.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { explainDistrust, WallClock } from './wall-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 10, 23, 12);
const YEAR_2030_MS = Date.UTC(2030, 0, 1);

/** Часы, которые идут (run) и которые переводят (jump). */
function openClock(o: { markMs?: number | undefined; nowMs?: number } = {}) {
  let wallMs = o.nowMs ?? START_MS;
  let monotonicMs = 1000;
  const clock = new WallClock({ now: () => wallMs, monotonicMs: () => monotonicMs }, o.markMs, () => Promise.resolve());
  const kind = () => clock.check()?.kind;
  return {
    clock,
    kind,
    jump: (ms: number) => {
      wallMs += ms;
    },
    /** Идут ровно; сторож смотрит на них каждые полчаса. */
    run: (ms: number) => {
      for (let left = ms; left > 0; left -= HOUR_MS / 2) {
        const step = Math.min(left, HOUR_MS / 2);
        wallMs += step;
        monotonicMs += step;
        kind();
      }
    },
  };
}

test('ровные часы верны; отметка идёт за ними', () => {
  const { clock, kind, run } = openClock({ markMs: START_MS - 60_000 });
  assert.equal(kind(), undefined);
  run(3 * DAY_MS);
  assert.equal(kind(), undefined);
  assert.equal(clock.markMs, START_MS + 3 * DAY_MS);
});

test('прыжок больше часа в любую сторону снимает веру; вернулись на место — вера вернулась сразу', () => {
  for (const byMs of [DAY_MS, -DAY_MS, 2 * HOUR_MS, -2 * HOUR_MS, YEAR_2030_MS - START_MS]) {
    const { clock, kind, jump } = openClock({ markMs: START_MS });
    assert.equal(kind(), undefined);
    jump(byMs);
    assert.notEqual(kind(), undefined, String(byMs));
    assert.equal(clock.markMs, START_MS, 'отметка за прыжком не идёт');
    jump(-byMs);
    assert.equal(kind(), undefined, String(byMs));
  }
});

test('прыжок вперёд на день: вера возвращается, когда часы час идут ровно; новый прыжок отодвигает этот час', () => {
  const { kind, jump, run } = openClock({ markMs: START_MS });
  kind();
  jump(DAY_MS);
  assert.equal(kind(), 'jumped');
  run(HOUR_MS / 2);
  jump(2 * 60_000);
  kind();
  run(HOUR_MS / 2);
  assert.equal(kind(), 'jumped');
  run(HOUR_MS / 2);
  assert.equal(kind(), undefined);
});

test('малые прыжки складываются: дважды по сорок минут — это больше часа', () => {
  const { kind, jump } = openClock({ markMs: START_MS });
  kind();
  jump(40 * 60_000);
  assert.equal(kind(), undefined);
  jump(40 * 60_000);
  assert.equal(kind(), 'jumped');
});

test('часы позади отметки: ждём, пока догонят; время тем временем идёт от отметки', () => {
  const { clock, kind, run } = openClock({ markMs: START_MS + 5 * HOUR_MS });
  assert.equal(kind(), 'behind');
  run(HOUR_MS);
  assert.equal(clock.nowMs(), START_MS + 6 * HOUR_MS);
  run(3 * HOUR_MS);
  assert.equal(kind(), 'behind');
  run(HOUR_MS);
  assert.equal(kind(), undefined);
});

test('часы перевели назад на ходу: новое не получает вчерашней даты', () => {
  const { clock, kind, jump, run } = openClock({ markMs: START_MS });
  run(HOUR_MS);
  jump(-DAY_MS);
  assert.equal(kind(), 'behind');
  run(HOUR_MS);
  assert.equal(clock.nowMs(), START_MS + 2 * HOUR_MS);
});

test('у нового элемента отметки ещё нет, но перевод назад даты и ему не портит', () => {
  const { clock, kind, jump, run } = openClock();
  run(HOUR_MS / 4);
  jump(-DAY_MS);
  assert.equal(clock.nowMs(), START_MS + HOUR_MS / 4);
  jump(DAY_MS);
  assert.deepEqual([kind(), clock.nowMs()], [undefined, START_MS + HOUR_MS / 4]);
});

test('запуск в 2030 году: часы идут ровно хоть неделю, но сами верны не станут; служба времени вернула — верны', () => {
  const { kind, jump, run } = openClock({ markMs: START_MS, nowMs: YEAR_2030_MS });
  assert.equal(kind(), 'far');
  run(7 * DAY_MS);
  assert.equal(kind(), 'far');
  jump(START_MS - YEAR_2030_MS);
  // Столько прошло на самом деле — не прыжок, хотя запуск был на неделю раньше.
  assert.equal(kind(), undefined);
});

test('простой: до часа — верны сразу, неделя — через час ровного хода, два месяца — с подтверждением человека', () => {
  const after = (downMs: number) => openClock({ markMs: START_MS, nowMs: START_MS + downMs });
  assert.equal(after(HOUR_MS / 2).kind(), undefined);
  const week = after(7 * DAY_MS);
  assert.equal(week.kind(), 'jumped');
  week.run(HOUR_MS);
  assert.equal(week.kind(), undefined);
  const months = after(60 * DAY_MS);
  months.run(DAY_MS);
  assert.equal(months.kind(), 'far');
  months.clock.confirm();
  assert.equal(months.kind(), undefined);
  assert.equal(months.clock.markMs, START_MS + 61 * DAY_MS);
});

test('подтверждение принимает и часы позади отметки: отметка становится меньше', () => {
  const { clock, kind } = openClock({ markMs: YEAR_2030_MS });
  assert.equal(kind(), 'behind');
  clock.confirm();
  assert.deepEqual([kind(), clock.markMs, clock.nowMs()], [undefined, START_MS, START_MS]);
});

test('новый элемент верит часам сразу, но отметку ставит через час ровного хода: 2030 год её не испортит', () => {
  const { clock, kind, jump, run } = openClock({ nowMs: YEAR_2030_MS });
  assert.equal(kind(), undefined);
  run(HOUR_MS / 2);
  assert.equal(clock.markMs, undefined);
  jump(START_MS - YEAR_2030_MS);
  assert.equal(kind(), 'jumped');
  run(HOUR_MS);
  assert.equal(kind(), undefined);
  assert.equal(new Date(clock.markMs ?? 0).getUTCFullYear(), 2026);
});

test('у каждой причины есть слова на двух языках', () => {
  for (const distrust of [
    { kind: 'behind', byMs: HOUR_MS },
    { kind: 'jumped', byMs: -2 * HOUR_MS, steadyInMs: 60_000 },
    { kind: 'far', byMs: 9 * DAY_MS },
  ] as const) {
    const { ru, en } = explainDistrust(distrust);
    assert.match(ru, /^Часы.*\.$/);
    assert.match(en, /^The clock.*\.$/);
  }
});

test('два сохранения разом идут по очереди, последним ложится последняя отметка', async () => {
  const written: number[] = [];
  let writing = 0;
  let wallMs = START_MS;
  const clock = new WallClock({ now: () => wallMs, monotonicMs: () => 1000 }, START_MS, async (markMs) => {
    writing += 1;
    assert.equal(writing, 1, 'файл отметки один');
    await tick();
    written.push(markMs);
    writing -= 1;
    if (written.length === 1) throw new Error('первая не удалась');
  });
  const first = clock.save();
  wallMs += 5 * DAY_MS;
  clock.confirm();
  await Promise.all([assert.rejects(first, /первая не удалась/), clock.save()]);
  assert.deepEqual([written.length, written.at(-1)], [2, START_MS + 5 * DAY_MS]);
});
