import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@artstore/testing';
import { checkHome, checkPorts, parsePortShift } from './check-machine.ts';
import { chooseLanguage, messagesIn } from './messages.ts';
import { StandError } from './stand-error.ts';

const messages = messagesIn('en');

test('занятый порт назван вместе с частью, которой он нужен', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await assert.rejects(checkPorts([{ name: 'query', port }], messages), {
    name: 'StandError',
    message: new RegExp(`port ${port} \\(query\\) is taken`),
  });
});

test('папка, которую нельзя создать, — одна фраза, и ничего не создано', async (t) => {
  const folder = await temporaryDirectory(t);
  const file = path.join(folder, 'файл');
  writeFileSync(file, '');
  for (const home of [file, path.join(file, 'home')]) {
    await assert.rejects(checkHome(home, messages), {
      name: 'StandError',
      message: `${home} is not a folder; choose another with ARTSTORE_HOME`,
    });
  }
  assert.equal(existsSync(path.join(file, 'home')), false);
});

test('мало места на диске — одна фраза: где, сколько есть и сколько нужно; в папке ничего не начато', async (t) => {
  const folder = await temporaryDirectory(t);
  const { bavail, bsize } = await statfs(folder);
  const neededBytes = bavail * bsize * 2 + 2 ** 40;
  await assert.rejects(checkHome(folder, messages, neededBytes), (error: unknown) => {
    assert.ok(error instanceof StandError);
    const figures = /^the disk of (.+) has (\d+) MiB free, at least (\d+) MiB is needed/.exec(error.message);
    assert.ok(figures, error.message);
    assert.equal(figures[1], folder);
    assert.equal(Number(figures[3]), Math.ceil(neededBytes / 2 ** 20));
    assert.ok(Number(figures[2]) > 0 && Number(figures[2]) < Number(figures[3]), error.message);
    return true;
  });
  assert.deepEqual(readdirSync(folder), []);
  await checkHome(folder, messages, 1);
});

test('сдвиг портов — целое в пределах, прочее называется ошибкой', () => {
  assert.equal(parsePortShift(undefined, messages), 0);
  assert.equal(parsePortShift('200', messages), 200);
  for (const bad of ['-1', '1.5', 'x', '60000'])
    assert.throws(() => parsePortShift(bad, messages), /ARTSTORE_PORT_SHIFT/);
});

test('язык выбирается по LC_ALL, затем LANG; незнакомый — английский', () => {
  assert.equal(chooseLanguage({ LANG: 'ru_RU.UTF-8' }), 'ru');
  assert.equal(chooseLanguage({ LANG: 'ru_RU.UTF-8', LC_ALL: 'C.UTF-8' }), 'en');
  assert.equal(chooseLanguage({ LC_ALL: 'ru' }), 'ru');
  assert.equal(chooseLanguage({}), 'en');
});
