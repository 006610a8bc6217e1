import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBoundary, parseDisposition } from './content-disposition.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const parse = (text: string) => parseDisposition(latin1(text));

test('имя и файл в кавычках, без кавычек и в расширенной записи', () => {
  assert.deepEqual(parse('form-data; name="file"; filename="Ёж.txt"'), {
    type: 'form-data',
    name: 'file',
    filename: 'Ёж.txt',
  });
  assert.equal(parse('Form-Data; NAME=file; FileName=a.txt')?.filename, 'a.txt');
  assert.equal(parse('form-data; name="file"; filename="a; b=c.txt"')?.filename, 'a; b=c.txt');
  assert.equal(parse(`form-data; name=file; filename="x"; filename*=UTF-8''%D0%B6%20.txt`)?.filename, 'ж .txt');
  assert.equal(parse('form-data; name="file"')?.filename, undefined);
});

test('экранируются только кавычка и обратная черта', () => {
  assert.equal(parse('form-data; name="file"; filename="a\\"b\\\\c"')?.filename, 'a"b\\c');
  assert.equal(parse('form-data; name="file"; filename="C:\\dir\\x.txt"')?.filename, 'C:\\dir\\x.txt');
});

test('повтор, хвост, незакрытая кавычка, чужая кодировка и негодный UTF-8 отвергаются', () => {
  for (const header of [
    '',
    ';',
    'form-data; name="a"; name="b"',
    'form-data; name="a" filename="b"',
    'form-data; name="a"; filename="b',
    'form-data; name="a"; junk',
    `form-data; name=a; filename*=ISO-8859-1''%E4`,
    `form-data; name=a; filename*=UTF-8''%FF`,
    `form-data; name=a; filename*=UTF-8''%D0%B`,
  ]) {
    assert.equal(parse(header), undefined, header);
  }
  assert.equal(parseDisposition('form-data; name="file"; filename="\xd0\xff"'), undefined);
});

test('заголовок из одних похожих кусков разбирается быстро', () => {
  const started = performance.now();
  parse(`form-data${'; a="'.repeat(1600)}`);
  parse(`form-data; name="${'\\"'.repeat(4000)}`);
  assert.ok(performance.now() - started < 200);
});

test('граница: до 70 знаков, в кавычках и без, только у multipart/form-data', () => {
  assert.equal(parseBoundary('multipart/form-data; boundary=abc'), 'abc');
  assert.equal(parseBoundary('Multipart/Form-Data; charset=utf-8; BOUNDARY="a b:c"'), 'a b:c');
  assert.equal(parseBoundary(`multipart/form-data; boundary=${'x'.repeat(70)}`)?.length, 70);
  assert.equal(parseBoundary(undefined), undefined);
  for (const type of [
    '',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="a "',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/form-data; boundary=a{b',
    'multipart/mixed; boundary=abc',
    'application/json; boundary=abc',
  ]) {
    assert.equal(parseBoundary(type), undefined, type);
  }
});
