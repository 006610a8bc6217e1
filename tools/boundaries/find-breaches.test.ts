// Каждое правило границ действительно ловит своё нарушение и не ловит дозволенного.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBreaches } from './find-breaches.ts';
import { readSource } from './read-source.ts';

const HEADER = '// Комната для проверки правила.\n';

function rules(path: string, code: string, header = HEADER): string[] {
  return findBreaches(readSource(path, header + code)).map((breach) => breach.rule);
}

const BREACHES: readonly (readonly [title: string, rule: string, path: string, code: string])[] = [
  [
    'модуль импортирует соседа',
    'сосед',
    'query-module/src/download/open-download.ts',
    "import { a } from '../../../admin-module/src/app.ts';",
  ],
  [
    'модуль импортирует соседа по имени пакета',
    'сосед',
    'query-module/src/app.ts',
    "import { a } from '@artstore/storage-element/src/app.ts';",
  ],
  [
    'пакет импортирует модуль',
    'сосед',
    'pkg/clients/src/a.ts',
    "import { a } from '../../../admin-module/src/app.ts';",
  ],
  ['пакеты импортируют друг друга', 'комната', 'pkg/auth/src/a.ts', "import { a } from '@artstore/chassis';"],
  ['слова импортируют шасси', 'комната', 'pkg/contracts/a.ts', "import { a } from '@artstore/chassis';"],
  [
    'модуль импортирует testing',
    'комната',
    'admin-module/src/sync/sync-element.ts',
    "import { a } from '@artstore/testing';",
  ],
  [
    'route импортирует таблицу',
    'комната',
    'admin-module/src/routes/files/list-files.ts',
    "import { a } from '../../registry/files-table.ts';",
  ],
  [
    'route импортирует движок',
    'комната',
    'storage-element/src/routes/files/put-file.ts',
    "import { a } from '../../engine/wal.ts';",
  ],
  [
    'route импортирует клиента',
    'комната',
    'ingester-module/src/routes/files/upload-file.ts',
    "import { a } from '@artstore/clients';",
  ],
  [
    'движок импортирует глагол',
    'комната',
    'storage-element/src/engine/wal.ts',
    "import { a } from '../files/put-file.ts';",
  ],
  [
    'движок импортирует шасси',
    'комната',
    'storage-element/src/engine/wal.ts',
    "import { a } from '@artstore/chassis';",
  ],
  [
    'глагол импортирует route',
    'комната',
    'storage-element/src/files/put-file.ts',
    "import { a } from '../routes/files/put-file.ts';",
  ],
  ['main импортирует глагол', 'комната', 'storage-element/src/main.ts', "import { a } from './files/put-file.ts';"],
  [
    'код импортирует проверку',
    'комната',
    'query-module/src/search/search-files.ts',
    "import { a } from './where-clause.test.ts';",
  ],
  ['файл лежит вне комнат', 'комната', 'somewhere/else.ts', 'export const a = 1;'],
  [
    'чистый файл импортирует нечистый',
    'чистота',
    'ingester-module/src/upload/upload-policy.ts',
    "import { a } from './accept-upload.ts';",
  ],
  [
    'чистый файл импортирует node:crypto',
    'чистота',
    'storage-element/src/engine/attr.ts',
    "import { randomUUID } from 'node:crypto';",
  ],
  ['чистый файл смотрит на часы', 'чистота', 'storage-element/src/files/mode.ts', 'export const a = Date.now();'],
  ['чистый файл берёт новое время', 'чистота', 'storage-element/src/files/mode.ts', 'export const a = new Date();'],
  [
    'чистый файл бросает кости',
    'чистота',
    'ingester-module/src/upload/choose-element.ts',
    'export const a = Math.random();',
  ],
  ['диск вне disk.ts', 'диск', 'storage-element/src/engine/wal.ts', "import { open } from 'node:fs/promises';"],
  [
    'диск в модуле без диска',
    'диск',
    'query-module/src/download/open-download.ts',
    "import { readFileSync } from 'node:fs';",
  ],
  ['undici вне clients', 'сеть', 'query-module/src/download/open-download.ts', "import { request } from 'undici';"],
  ['fetch вне clients', 'сеть', 'admin-module/src/elements/discover.ts', "export const a = fetch('https://x');"],
  ['node:http с request вне clients', 'сеть', 'pkg/chassis/src/a.ts', "import { request } from 'node:http';"],
  ['node:net вне clients', 'сеть', 'admin-module/src/elements/discover.ts', "import { connect } from 'node:net';"],
  ['process.env вне main', 'окружение', 'admin-module/src/config.ts', 'export const a = process.env.AM_PORT;'],
  ['process.env в пакете', 'окружение', 'pkg/chassis/src/run.ts', 'export const a = process.env;'],
  [
    'текст SQL в глаголе',
    'SQL',
    'admin-module/src/registry/register-file.ts',
    "export const a = 'select file_id from files';",
  ],
  [
    'многострочный SQL в глаголе',
    'SQL',
    'query-module/src/search/search-files.ts',
    'export const a = (id: string) => `\n  UPDATE files SET status = ${id}`;',
  ],
  ['kysely в глаголе', 'SQL', 'admin-module/src/registry/register-file.ts', "import { sql } from 'kysely';"],
  [
    'построитель запросов в глаголе',
    'SQL',
    'admin-module/src/registry/register-file.ts',
    "export const a = (db: any) => db.selectFrom('files');",
  ],
  ['fastify в глаголе', 'HTTP', 'storage-element/src/files/put-file.ts', "import fastify from 'fastify';"],
  [
    'fastify в route',
    'HTTP',
    'storage-element/src/routes/files/put-file.ts',
    "import type { FastifyRequest } from 'fastify';",
  ],
  ['бочка внутри модуля', 'бочка', 'storage-element/src/files/index.ts', "export * from './put-file.ts';"],
  ['имя с большой буквы', 'имя', 'storage-element/src/files/putFile.ts', 'export const a = 1;'],
  ['имя utils', 'имя', 'storage-element/src/files/file-utils.ts', 'export const a = 1;'],
  ['имя manager', 'имя', 'storage-element/src/engine/block-manager.ts', 'export const a = 1;'],
  ['файл длиннее 300 строк', 'размер', 'storage-element/src/files/put-file.ts', 'export const a = 1;\n'.repeat(301)],
];

for (const [title, rule, path, code] of BREACHES) {
  test(`границы ловят: ${title}`, () => {
    const found = rules(path, code);
    assert.ok(found.includes(rule), `найдено: ${found.join(', ')}`);
  });
}

test('границы ловят файл без шапки по-русски', () => {
  assert.deepEqual(rules('storage-element/src/files/put-file.ts', 'export const a = 1;', ''), ['шапка']);
  assert.deepEqual(rules('storage-element/src/files/put-file.ts', 'export const a = 1;', '// Puts a file.\n'), [
    'шапка',
  ]);
});

const ALLOWED: readonly (readonly [title: string, path: string, code: string])[] = [
  [
    'main читает окружение',
    'admin-module/src/main.ts',
    "import { readConfig } from './config.ts';\nexport const a = readConfig(process.env);",
  ],
  [
    'app собирает всё своё',
    'admin-module/src/app.ts',
    "import { a } from './registry/files-table.ts';\nimport { b } from '@artstore/postgres';\nexport { a, b };",
  ],
  [
    'route зовёт глагол',
    'storage-element/src/routes/files/put-file.ts',
    "import { putFile } from '../../files/put-file.ts';\nimport type { Handler } from '@artstore/chassis';",
  ],
  ['disk.ts знает node:fs', 'storage-element/src/engine/disk.ts', "import { open } from 'node:fs/promises';"],
  [
    'тип из node:http безвреден',
    'storage-element/src/files/put-file.ts',
    "import type { IncomingMessage } from 'node:http';",
  ],
  [
    'таблица пишет SQL',
    'admin-module/src/registry/files-table.ts',
    "import { sql } from 'kysely';\nexport const a = 'select 1 from files';",
  ],
  ['clients ходят в сеть', 'pkg/clients/src/admin-client.ts', "import { request } from 'undici';"],
  [
    'чистый файл импортирует чистый',
    'storage-element/src/engine/attr.ts',
    "import { a } from '../files/file.ts';\nimport { createHash } from 'node:crypto';",
  ],
  ['вход пакета — бочка', 'pkg/auth/index.ts', "export * from './src/bearer.ts';"],
  [
    'проверка берёт что нужно',
    'admin-module/test/token.test.ts',
    "import { testDatabase } from '@artstore/testing';\nimport { buildApp } from '../src/app.ts';\nimport { request } from 'undici';",
  ],
  [
    'слово select в обычном тексте',
    'admin-module/src/registry/register-file.ts',
    "export const a = 'select a file from the list';".replace('from', 'of'),
  ],
  [
    'длинный файл с причиной в шапке',
    'storage-element/src/engine/wal.ts',
    `// Длиннее обычного: протокол читают целиком.\n${'export const a = 1;\n'.repeat(301)}`,
  ],
];

for (const [title, path, code] of ALLOWED) {
  test(`границы пропускают: ${title}`, () => {
    assert.deepEqual(rules(path, code), []);
  });
}
