// Отказы самой команды: слова, код выхода и запись для программ.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openShell } from './support/run-artstore.ts';
import { startSystem } from './support/system-double.ts';

test('неверный вызов объяснён по-русски, код 2', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  await writeFile(join(shell.dir, 'a.txt'), 'a');
  const cases: [string[], string][] = [
    [['frob'], 'нет такой команды: frob. Все команды: artstore --help'],
    [['upload'], 'не указан файл. Как вызвать: artstore upload --help'],
    [['info'], 'не указан идентификатор файла. Как вызвать: artstore info --help'],
    [['upload', '--frob', 'a.txt'], 'нет такого параметра: --frob. Все параметры: artstore upload --help'],
    [['upload', 'a.txt', '--ttl'], '--ttl: нужно значение'],
    [['upload', '--ttl', 'abc', 'a.txt'], '--ttl: нужно целое число, а не «abc»'],
    [['search', '--mode', 'foo'], '--mode: нужно одно из exact, partial, fulltext, а не «foo»'],
    [['upload', '--type', 'bad', 'a.txt'], '--type: нужен вид «тип/подтип», например text/plain.'],
    [['info', 'bad'], '«bad» — не идентификатор файла; его печатают artstore upload и artstore search.'],
    [['download', 'bad'], '«bad» — не идентификатор файла; его печатают artstore upload и artstore search.'],
    [
      ['login', '--profile', 'a/b'],
      'Имя профиля: латинские буквы, цифры, точка, дефис и подчёркивание, не длиннее 64 знаков.',
    ],
    [
      ['login', '--username', 'anna'],
      'Нет пароля: задайте ARTSTORE_PASSWORD или передайте его на стандартный ввод с --secret-stdin.',
    ],
  ];
  for (const [args, words] of cases) {
    const ran = await shell.run(args);
    assert.deepEqual([ran.code, ran.err], [2, `artstore: ${words}\n`]);
    const forProgram = await shell.run([...args, '--json']);
    if (args.at(-1) === '--ttl') continue; // здесь --json сам становится значением
    assert.deepEqual(JSON.parse(forProgram.err), { error: { code: 'USAGE', message: words, exit_code: 2 } });
  }
});

test('справка целиком на языке пользователя', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  for (const args of [['--help'], ['upload', '--help'], ['search', '--help']]) {
    const { code, out } = await shell.run(args);
    assert.equal(code, 0);
    assert.match(out, /Вызов:/);
    assert.doesNotMatch(out, /Usage|Options|Commands|Arguments|default:|choices:|env:|display|\[options\]/);
  }
});

test('местная беда названа словами, путь — один раз', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const id = system.add(Buffer.from('x'));
  const cases: [string[], string][] = [
    [['upload', '/nope.txt'], 'Файл не читается: /nope.txt: такого файла нет. (CANNOT_READ)'],
    [['upload', shell.dir], `Это папка, а загружать можно только файлы: ${shell.dir} (NOT_A_FILE)`],
    [['download', id, '-o', '/nope/x'], 'Не могу записать /nope/x: такой папки нет. (CANNOT_WRITE)'],
    [
      ['login', '--ca', '/nope', '--username', 'admin'],
      'Файл удостоверяющего центра не читается: /nope: такого файла нет. (CANNOT_READ)',
    ],
  ];
  for (const [args, words] of cases) {
    const ran = await shell.run(args);
    assert.deepEqual([ran.code, ran.err], [8, `artstore: ${words}\n`]);
  }
});

test('остановленный стенд — 6 и совет запустить; стенда нет — 2', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system, false);
  const stand = join(shell.dir, 'stand.json');
  const value = JSON.parse(system.standFile()) as Record<string, unknown>;
  await writeFile(stand, JSON.stringify({ ...value, state: 'stopped' }));
  const stopped = await shell.run(['login']);
  assert.equal(stopped.code, 6);
  assert.match(stopped.err, /Стенд остановлен .+: запустите его — npm start\./);
  await writeFile(stand, JSON.stringify({ ...value, state: 'ready' }));
  assert.equal((await shell.run(['login'])).code, 0);
  await writeFile(stand, '[]');
  assert.match((await shell.run(['login'])).err, /Это не stand\.json стенда/);
  assert.match((await shell.run(['login', '--stand', '/nope.json'])).err, /Запустите его \(npm start\) или укажите/);
});

test('служба молчит: повторы без совета повторить, под конец — кто и по какому адресу', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system, false);
  const value = JSON.parse(system.standFile()) as { urls: Record<string, string> };
  const dead = { ...value, urls: { ...value.urls, query: 'http://127.0.0.1:1' } };
  await writeFile(join(shell.dir, 'stand.json'), JSON.stringify(dead));
  assert.equal((await shell.run(['login'])).code, 0);
  const ran = await shell.run(['search', 'x']);
  assert.equal(ran.code, 6);
  assert.match(ran.err, /^Служба поиска не отвечает, повторяю через 0,5 с\n/);
  assert.match(ran.err, /artstore: Служба поиска не отвечает по адресу http:\/\/127\.0\.0\.1:1\. Запущен ли стенд/);
  assert.doesNotMatch(ran.err, /повторите позже/);
});

test('прерванное и ненайденное объяснено', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  assert.match((await shell.run(['search', 'нет такого'])).err, /по словам ищет --mode fulltext/);
  for (const json of [[], ['--json']]) {
    const id = system.add(Buffer.alloc(2048), `файл${json.length}`);
    assert.match((await shell.run(['info', id])).out, /2,0 КиБ/);
    const cancel = new AbortController();
    system.faults.push({
      path: '/download',
      answer: (_, response) => {
        response.writeHead(200, { 'content-length': 2048 }).write('x');
        setTimeout(() => cancel.abort(new Error('Ctrl+C')), 50);
      },
    });
    const ran = await shell.run(['download', id, ...json], { signal: cancel.signal });
    const words = 'Прервано; повторите ту же команду, и скачивание продолжится.';
    assert.equal(ran.code, 130);
    if (json.length === 0) assert.equal(ran.err, `${words}\n`);
    else assert.deepEqual(JSON.parse(ran.err), { error: { code: 'INTERRUPTED', message: words, exit_code: 130 } });
  }
});
