import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry } from './audit-table.ts';
import { csvLine } from './export-audit.ts';

const ENTRY: AuditEntry = {
  id: 1,
  at: '2026-02-21T09:30:00.000Z',
  actor_kind: 'user',
  actor: 'admin',
  action: 'login',
  object_type: 'admin_user',
  object_id: null,
  result: 'success',
  reason: null,
  before: null,
  after: null,
  remote_address: null,
  request_id: null,
};

test('поля с кавычками, запятыми и переводами строк берутся в кавычки, объекты — JSON', () => {
  const line = csvLine({ ...ENTRY, reason: 'сказал "нет",\nи ушёл', after: { a: [1, 'б'] } });
  assert.equal(
    line,
    '1,2026-02-21T09:30:00.000Z,user,admin,login,admin_user,,success,"сказал ""нет"",\nи ушёл",,"{""a"":[1,""б""]}",,\r\n',
  );
});

test('поле, похожее на формулу, табличная программа не исполнит', () => {
  for (const actor of ['=cmd()', '+1', '-1', '@x', ' =cmd()', '＝cmd()', '|calc'])
    assert.ok(csvLine({ ...ENTRY, actor }).includes(`,'${actor},`), actor);
});
