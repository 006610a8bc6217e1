// Описание: печать, порча и ключи, которые JSON и проверяющие любят терять.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredFile } from '../files/file.ts';
import { AttrDamaged, attrFromJson, attrFromTrustedJson, attrToJson, sealAttr, unsealAttr } from './attr.ts';

const FILE: StoredFile = {
  fileId: 'f11e0000-0000-4000-8000-000000000001',
  originalFilename: 'Договор №7_скан (копия).pdf',
  contentType: 'application/pdf',
  size: 12,
  checksum: 'ab'.repeat(32),
  uploadedBy: 'sa_ingester_x',
  uploadedAt: '2026-11-23T12:00:00.000Z',
  description: 'строка\nвторая "в кавычках" \u2028',
  tags: ['a', 'б'],
  metadata: { ключ: { вложенный: [1, null, true, 'x'] } },
  status: 'active',
  retentionPolicy: 'temporary',
  ttlDays: 30,
  expiresAt: '2026-12-23T12:00:00.000Z',
  deletedAt: null,
  version: 1,
  revision: 7,
};

test('описание читается таким же, каким записано', () => {
  const text = sealAttr(attrToJson(FILE));
  assert.ok(text.endsWith('"}\n'));
  assert.deepEqual(attrFromJson(unsealAttr(text)), FILE);
  assert.deepEqual(attrFromTrustedJson(attrToJson(FILE)), FILE);
});

test('идентификатор без номера версии UUID принимает контракт — читает его и описание', () => {
  const fileId = 'f11e0000-0000-0000-0000-000000000001';
  assert.equal(attrFromJson(attrToJson({ ...FILE, fileId })).fileId, fileId);
  assert.throws(
    () => attrFromJson(attrToJson({ ...FILE, fileId: 'F11E0000-0000-4000-8000-00000000000A' })),
    AttrDamaged,
  );
});

test('печать — часть обычного JSON: файл читается любым разборщиком', () => {
  const value = JSON.parse(sealAttr(attrToJson(FILE))) as Record<string, unknown>;
  assert.equal(value.file_id, FILE.fileId);
  assert.match(String(value.attr_checksum), /^[0-9a-f]{64}$/);
});

test('любой перевёрнутый бит и любой обрыв описания замечены', () => {
  const text = Buffer.from(sealAttr(attrToJson(FILE)));
  for (let at = 0; at < text.length; at += 1) {
    assert.throws(() => attrFromJson(unsealAttr(text.toString('utf8', 0, at))), AttrDamaged, `обрыв на ${at}`);
    for (let bit = 0; bit < 8; bit += 1) {
      const broken = Buffer.from(text);
      broken[at] = (broken[at] ?? 0) ^ (1 << bit);
      assert.throws(() => attrFromJson(unsealAttr(broken.toString('utf8'))), AttrDamaged, `байт ${at}, бит ${bit}`);
    }
  }
});

test('ключи метаданных не теряются и не меняют смысла: __proto__, constructor, целые, пустой', () => {
  const metadata = JSON.parse(
    '{"__proto__":{"admin":true},"constructor":1,"10":"десять","2":"два","":"пусто"}',
  ) as StoredFile['metadata'];
  const json = attrToJson({ ...FILE, metadata });
  const read = attrFromJson(unsealAttr(sealAttr(json)));
  assert.equal(attrToJson(read), json);
  assert.deepEqual(Object.keys(read.metadata).toSorted(), Object.keys(metadata).toSorted());
  assert.equal((read.metadata as { admin?: unknown }).admin, undefined);
  assert.equal(({} as { admin?: unknown }).admin, undefined);
});

test('половинки знаков и NUL в строках переживают запись и чтение без потерь', () => {
  const file = { ...FILE, description: 'a\ud800b\u0000c', metadata: { '\udfff': '\ud800' } };
  assert.deepEqual(attrFromJson(unsealAttr(sealAttr(attrToJson(file)))), file);
});

test('описание чужого формата, с лишним полем или без поля не принимается', () => {
  const change = (patch: object): string => JSON.stringify({ ...(JSON.parse(attrToJson(FILE)) as object), ...patch });
  assert.throws(() => attrFromJson(change({ format: 2 })), AttrDamaged);
  assert.throws(() => attrFromJson(change({ лишнее: 1 })), AttrDamaged);
  assert.throws(() => attrFromJson(change({ size: -1 })), AttrDamaged);
  assert.throws(() => attrFromJson(change({ metadata: [] })), AttrDamaged);
  assert.throws(() => attrFromJson(change({ metadata: null })), AttrDamaged);
  assert.throws(() => attrFromJson(change({ revision: undefined })), AttrDamaged);
  assert.throws(() => attrFromJson('не json'), AttrDamaged);
});
