// Журнал: две формы и никаких секретов.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../index.ts', import.meta.url));

/** Журнал пишет прямо в поток вывода, поэтому смотреть на него нужно снаружи процесса. */
function output(format: 'json' | 'text', statement: string): string {
  const program = `import { createLogger } from ${JSON.stringify(PACKAGE)};
    const log = createLogger({ service: 'example', level: 'info', format: '${format}' });
    ${statement}`;
  return execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program], { encoding: 'utf8' });
}

test('JSON: событие, имя службы, уровень словом, время RFC 3339', () => {
  const record: unknown = JSON.parse(output('json', `log.info({ event: 'file_stored', bytes: 5 }, 'файл сохранён')`));
  const { time, ...rest } = record as { time: string };
  assert.deepEqual(rest, { level: 'info', service: 'example', event: 'file_stored', bytes: 5, msg: 'файл сохранён' });
  assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
});

test('текст: одна читаемая запись без цветов вне терминала', () => {
  const text = output('text', `log.info({ event: 'x' }, 'слушаю')`);
  assert.match(text, /INFO: слушаю/);
  assert.ok(!text.includes('\u001b'));
});

test('токены, пароли и cookie скрыты на верхнем уровне и внутри записей', () => {
  const secrets = `{ authorization: 's3cret', headers: { authorization: 's3cret', cookie: 's3cret' },
    request: { headers: { authorization: 's3cret' } }, password: 's3cret', body: { client_secret: 's3cret' } }`;
  const text = output('json', `log.info(${secrets}, 'запрос')`);
  assert.doesNotMatch(text, /s3cret/);
  assert.match(text, /\[скрыто\]/);
});

test('ошибка пишется с причиной', () => {
  const text = output('json', `log.error({ err: new Error('верх', { cause: new Error('низ') }) }, 'ошибка')`);
  assert.match(text, /верх/);
  assert.match(text, /низ/);
});
