// Проверка хранилища исходников находит то, что обещает, и не находит лишнего.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDeadLinks, findForbiddenWords, findLockHosts, findSameMigrations, headingAnchors } from './find-faults.ts';

const slash = '/';

test('пути чужих машин, адреса реестров и ключи находятся', () => {
  for (const line of [
    `cd ${slash}work${slash}main`,
    `cp ${slash}root${slash}.npmrc .`,
    `см. ${slash}home${slash}ivan${slash}проект`,
    `https:${slash}${slash}registry.example.org/x`,
    ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' '),
  ]) {
    assert.equal(findForbiddenWords('a.md', `начало\n${line}`)[0]?.line, 2, line);
  }
});

test('обычные пути и адреса не мешают', () => {
  assert.deepEqual(findForbiddenWords('a.md', 'см. docs/root/x, ./work/main.ts и https://example.org/home/page'), []);
});

test('адрес загрузки в package-lock.json находится, ссылка на рабочую область — нет', () => {
  assert.equal(findLockHosts('package-lock.json', `"resolved": "https:${slash}${slash}x.org/a.tgz"`).length, 1);
  assert.deepEqual(findLockHosts('package-lock.json', '"resolved": "pkg/auth"'), []);
});

test('две миграции модуля под одним номером находятся, одинаковые номера разных модулей — нет', () => {
  const good = ['one/migrations/0001-a.sql', 'one/migrations/0002-b.sql', 'two/migrations/0001-a.sql'];
  assert.deepEqual(findSameMigrations(good), []);
  const [fault] = findSameMigrations([...good, 'one/migrations/0002-c.sql']);
  assert.equal(fault?.path, 'one/migrations/0002-c.sql');
});

test('ссылки в никуда находятся, живые ссылки и код — нет', () => {
  const places = {
    exists: (path: string) => ['docs/a.md', 'README.md', 'docs'].includes(path),
    headingsOf: () => headingAnchors('# Как запустить\n'),
  };
  const text =
    '[a](a.md) [b](../README.md#как-запустить) [c](https://x.org) [d](.)\n```\n[e](нет.md)\n```\n[f](нет.md)\n[g](a.md#нет)';
  assert.deepEqual(
    findDeadLinks({ path: 'docs/a.md', text }, places).map(({ line, message }) => [line, message]),
    [
      [5, 'ссылка в никуда: нет.md'],
      [6, 'заголовка нет: a.md#нет'],
    ],
  );
});
