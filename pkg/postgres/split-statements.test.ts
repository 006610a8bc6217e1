import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitStatements } from './split-statements.ts';

test('команды делятся по точке с запятой вне строк, имён, долларов и комментариев', () => {
  const sql = `-- no-transaction; это не команда
SELECT 'a;''b' AS "x;y"; /* ; */
CREATE FUNCTION f() RETURNS void AS $тело$ BEGIN; END; $тело$ LANGUAGE plpgsql;

SELECT e'\\';' ;
-- конец;`;
  assert.deepEqual(
    splitStatements(sql).map(({ line }) => line),
    [2, 3, 5],
  );
  assert.deepEqual(
    splitStatements(sql).map(({ text }) => text.slice(0, 9)),
    ["SELECT 'a", 'CREATE FU', "SELECT e'"],
  );
});
