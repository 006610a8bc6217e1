import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange } from './parse-range.ts';

const WHOLE = { kind: 'whole' };
const NONE = { kind: 'unsatisfiable' };
const part = (start: number, end: number) => ({ kind: 'part', start, end });

const CASES: readonly (readonly [header: string | undefined, size: number, expected: object, why: string])[] = [
  [undefined, 10, WHOLE, 'без заголовка — весь файл'],
  ['', 10, WHOLE, 'пустой заголовок — весь файл'],
  ['bytes=0-0', 10, part(0, 0), 'один байт'],
  ['bytes=2-5', 10, part(2, 5), 'середина'],
  ['bytes=5-', 10, part(5, 9), 'до конца'],
  ['bytes=-3', 10, part(7, 9), 'хвост'],
  ['bytes=-100', 10, part(0, 9), 'хвост длиннее файла — весь файл участком'],
  ['bytes=0-999', 10, part(0, 9), 'конец за файлом обрезается'],
  ['BYTES = 1-2', 10, part(1, 2), 'единица без различия регистра'],
  ['bytes= 1-2 ,', 10, part(1, 2), 'пустые члены списка не считаются'],
  ['bytes=10-', 10, NONE, 'начало сразу за концом'],
  ['bytes=10-20', 10, NONE, 'весь участок за концом'],
  ['bytes=-0', 10, NONE, 'хвост нулевой длины'],
  ['bytes=0-', 0, NONE, 'у пустого файла нет нулевого байта'],
  ['bytes=-5', 0, WHOLE, 'хвост пустого файла — сам файл'],
  ['bytes=0-1,4-5', 10, WHOLE, 'несколько участков — весь файл'],
  ['bytes=0-1, 100-200', 10, WHOLE, 'несколько участков — весь файл'],
  ['bytes=5-2', 10, WHOLE, 'начало больше конца — заголовок негоден'],
  ['bytes=-', 10, WHOLE, 'ни начала, ни конца'],
  ['bytes=a-b', 10, WHOLE, 'не числа'],
  ['bytes=--5', 10, WHOLE, 'лишний минус'],
  ['bytes=+1-5', 10, WHOLE, 'знак плюс'],
  ['bytes=1.5-5', 10, WHOLE, 'дробь'],
  ['bytes=0x1-5', 10, WHOLE, 'шестнадцатеричное число'],
  ['items=0-5', 10, WHOLE, 'чужая единица'],
  ['bytes 0-5', 10, WHOLE, 'нет знака равенства'],
  [`bytes=${'9'.repeat(400)}-`, 10, NONE, 'число больше всех файлов'],
  [`bytes=0-${'9'.repeat(400)}`, 10, part(0, 9), 'конец больше всех файлов'],
];

for (const [header, size, expected, why] of CASES) {
  test(`Range ${String(header).slice(0, 30)} при ${size} байтах: ${why}`, () => {
    assert.deepEqual(parseRange(header, size), expected);
  });
}
