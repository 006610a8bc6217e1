// Величины, которые движок оставляет себе: заданное — как есть, умолчания не съедают малый диск.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOG_BYTES_MIN, planSizes } from './plan-sizes.ts';

const MIB = 1 << 20;
const UNSET = { reserveBytes: undefined, ballastBytes: undefined, logBytesMax: undefined };

test('большой диск: 64 МиБ запаса, 64 МиБ балласта, журнал до 384 МиБ', () => {
  assert.deepEqual(planSizes(2 ** 40, UNSET), {
    reserveBytes: 64 * MIB,
    ballastBytes: 64 * MIB,
    wal: { segmentBytes: 16 * MIB, segmentsMax: 24, frameBytesMax: 4 * MIB },
  });
});

test('диск на 16 МиБ: под файлы остаётся больше двух третей', () => {
  const { reserveBytes, ballastBytes, wal } = planSizes(16 * MIB, UNSET);
  const own = reserveBytes + ballastBytes + wal.segmentBytes * wal.segmentsMax;
  assert.ok(own <= (16 * MIB) / 3, `${own / MIB} МиБ`);
  assert.ok(ballastBytes > 0 && reserveBytes > 0);
});

test('заданное берётся как есть, ноль тоже', () => {
  const sizes = planSizes(16 * MIB, { reserveBytes: 5 * MIB, ballastBytes: 0, logBytesMax: 4 * MIB });
  assert.deepEqual([sizes.reserveBytes, sizes.ballastBytes], [5 * MIB, 0]);
  assert.equal(sizes.wal.segmentBytes * sizes.wal.segmentsMax, 4 * MIB);
});

test('при любом журнале кадр входит в сегмент, а самая длинная запись — в кадр', () => {
  for (let logBytesMax = LOG_BYTES_MIN; logBytesMax < 2 ** 34; logBytesMax = Math.floor(logBytesMax * 1.7)) {
    const { wal } = planSizes(2 ** 40, { ...UNSET, logBytesMax });
    assert.ok(wal.frameBytesMax < wal.segmentBytes && wal.frameBytesMax >= 256 << 10);
    assert.ok(wal.segmentsMax >= 4 && wal.segmentBytes * wal.segmentsMax <= logBytesMax, String(logBytesMax));
  }
});
