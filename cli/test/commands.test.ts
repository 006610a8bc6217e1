// Команды целиком: что делают, что печатают, чем кончают, когда сеть и сервер подводят.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openShell } from './support/run-artstore.ts';
import { json, refuse, SECRET, startSystem } from './support/system-double.ts';

const NO_SUCH_ID = '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41';

test('вход: стенд без параметров, профиль 0600, секрета в выводе нет', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system, false);
  assert.equal((await shell.run(['info', NO_SUCH_ID])).code, 3, 'до входа');
  const ran = await shell.run(['login', '--json']);
  assert.equal(ran.code, 0, ran.err);
  const { profile, account } = JSON.parse(ran.out) as { profile: string; account: string };
  assert.equal(account, 'sa_demo_1');
  assert.equal((await stat(profile)).mode & 0o777, 0o600);
  assert.ok(!(ran.out + ran.err).includes(SECRET));
});

test('вход: неверный секрет — 3, нет секрета и лишние учётные записи — 2, нет сети — 6', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system, false);
  const urls = ['--admin-url', system.url, '--ingester-url', system.url, '--query-url', system.url];
  const login = (...args: string[]) =>
    shell.run(['login', ...urls, ...args], { env: { ARTSTORE_CLIENT_SECRET: 'нет' } });
  assert.equal((await login('--client-id', 'sa_x')).code, 3);
  assert.equal((await login('--client-id', 'sa_x', '--username', 'anna')).code, 2);
  assert.equal((await shell.run(['login', ...urls, '--client-id', 'sa_x'])).code, 2);
  assert.equal(
    (
      await shell.run([
        'login',
        '--admin-url',
        'ftp://x',
        '--ingester-url',
        'x',
        '--query-url',
        'x',
        '--client-id',
        'x',
      ])
    ).code,
    2,
  );
  const dead = ['--admin-url', 'http://127.0.0.1:1', '--ingester-url', system.url, '--query-url', system.url];
  const ran = await shell.run(['login', ...dead, '--client-id', 'sa_x', '--secret-stdin'], { stdin: `${SECRET}\n` });
  assert.equal(ran.code, 6);
  assert.match(ran.err, /Модуль управления не отвечает по адресу http:\/\/127\.0\.0\.1:1\. Запущен ли стенд/);
});

test('вход человека: сеанс продлевается одноразовым токеном, и новый сохраняется', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system, false);
  const id = system.add(Buffer.from('x'));
  const ran = await shell.run(['login', '--username', 'anna'], { env: { ARTSTORE_PASSWORD: SECRET } });
  assert.equal(ran.code, 0, ran.err);
  const results = await Promise.all([1, 2, 3].map(() => shell.run(['info', id])));
  assert.deepEqual(
    results.map(({ code }) => code),
    [0, 0, 0],
    results.map(({ err }) => err).join(''),
  );
  assert.equal((await shell.run(['info', id])).code, 0);
});

test('загрузка: поля формы, имя, сумма, ключ повтора; по записи на файл', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(2_500_000);
  await writeFile(join(shell.dir, 'Договор №7 "копия".pdf'.replaceAll('"', '')), content);
  await writeFile(join(shell.dir, 'empty.txt'), '');
  const ran = await shell.run(['upload', '--json', '--permanent', '--checksum', 'Договор №7 копия.pdf', 'empty.txt']);
  assert.equal(ran.code, 0, ran.err);
  const lines = ran.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; file_id: string; size: number });
  assert.deepEqual(
    lines.map(({ path, size }) => [path, size]),
    [
      ['Договор №7 копия.pdf', 2_500_000],
      ['empty.txt', 0],
    ],
  );
  assert.ok(system.files.get(lines[0]?.file_id ?? '')?.bytes.equals(content));
  const uploads = system.seen.filter(({ path }) => path === '/api/v1/files/upload');
  const keys = uploads.map(({ headers }) => headers['idempotency-key']);
  assert.equal(new Set(keys).size, 2);
  assert.match(String(uploads[0]?.headers['repr-digest']), /^sha-256=:.{44}:$/);
});

test('загрузка: временная беда повторяется с тем же ключом', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  await writeFile(join(shell.dir, 'a.txt'), 'abc');
  system.faults.push(
    { path: '/upload', answer: (request) => void request.socket.resetAndDestroy() },
    { path: '/upload', answer: (_, response) => refuse(response, 502, 'SE_UPLOAD_FAILED') },
  );
  const ran = await shell.run(['upload', 'a.txt']);
  assert.equal(ran.code, 0, ran.err);
  const keys = system.seen
    .filter(({ path }) => path.endsWith('/upload'))
    .map(({ headers }) => headers['idempotency-key']);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
});

test('загрузка: отказ сервера не повторяется и не мешает остальным; код — первого неудавшегося', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  await writeFile(join(shell.dir, 'a.txt'), 'a');
  await writeFile(join(shell.dir, 'b.txt'), 'b');
  system.faults.push({ path: '/upload', answer: (_, response) => refuse(response, 413, 'FILE_TOO_LARGE') });
  const ran = await shell.run(['upload', '--json', 'a.txt', 'nothing.txt', 'b.txt']);
  assert.equal(ran.code, 5);
  assert.equal(ran.out.trim().split('\n').length, 1);
  const errors = ran.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; error: { code: string; exit_code: number } });
  assert.deepEqual(
    errors.map(({ path, error }) => [path, error.code, error.exit_code]),
    [
      ['a.txt', 'FILE_TOO_LARGE', 5],
      ['nothing.txt', 'CANNOT_READ', 8],
    ],
  );
});

test('загрузка: сервер сохранил другое — 7; неверные параметры — 2', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  await writeFile(join(shell.dir, 'a.txt'), 'a');
  const other = system.add(Buffer.from('другое'));
  system.faults.push({
    path: '/upload',
    answer: (request, response) => {
      request.resume();
      request.on('end', () => json(response, 201, { ...system.files.get(other)?.file, registration: 'done' }));
    },
  });
  assert.equal((await shell.run(['upload', 'a.txt'])).code, 7);
  for (const args of [
    ['upload'],
    ['upload', '--ttl', 'x', 'a.txt'],
    ['upload', '--ttl', '5', '--permanent', 'a.txt'],
    ['upload', '--metadata', '[1]', 'a.txt'],
    ['upload', '--name', 'x', 'a.txt', 'a.txt'],
    ['upload', '--profile', '../x', 'a.txt'],
    ['bogus'],
    ['search', '--mode', 'magic', 'x'],
  ]) {
    assert.equal((await shell.run(args)).code, 2, args.join(' '));
  }
});

test('скачивание: имя с сервера, сумма верна, временного файла не осталось, второй раз не затирает', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(700_000);
  const id = system.add(content, 'Отчёт.bin');
  const ran = await shell.run(['download', id]);
  assert.equal(ran.code, 0, ran.err);
  assert.ok((await readFile(join(shell.dir, 'Отчёт.bin'))).equals(content));
  assert.deepEqual(
    (await readdir(shell.dir)).filter((name) => name.endsWith('.part')),
    [],
  );
  assert.equal((await shell.run(['download', id])).code, 8);
  assert.equal((await shell.run(['download', id, '--force'])).code, 0);
  const piped = await shell.run(['download', id, '-o', '-']);
  assert.ok(piped.bytes.equals(content));
  assert.equal((await shell.run(['download', NO_SUCH_ID])).code, 4);
});

test('скачивание: опасное имя с сервера остаётся именем в своей папке', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const id = system.add(Buffer.from('x'), '../../etc/\u001b[31mpasswd');
  const ran = await shell.run(['download', id]);
  assert.equal(ran.code, 0, ran.err);
  assert.ok(!ran.out.includes('\u001b'));
  assert.ok((await readdir(shell.dir)).some((name) => name.endsWith('passwd')));
});

test('скачивание продолжается с места обрыва в том же запуске', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(900_000);
  const id = system.add(content);
  for (const cut of [300_000, 200_000]) {
    system.faults.push({
      path: '/download',
      answer: (request, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const headers = {
          'content-length': content.length - from,
          'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
        };
        response.writeHead(from === 0 ? 200 : 206, headers);
        response.write(content.subarray(from, from + cut), () => response.destroy());
      },
    });
  }
  const ran = await shell.run(['download', id, '-o', 'out.bin', '--json']);
  assert.equal(ran.code, 0, ran.err);
  assert.ok((await readFile(join(shell.dir, 'out.bin'))).equals(content));
  const ranges = system.seen.filter(({ path }) => path.endsWith('/download')).map(({ headers }) => headers.range);
  assert.equal(ranges[0], undefined);
  assert.match(String(ranges[1]), /^bytes=\d+-$/);
});

test('скачивание продолжается следующим запуском, а испорченное начало не выдаётся за целое', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(500_000);
  const id = system.add(content);
  const cancel = new AbortController();
  system.faults.push({
    path: '/download',
    answer: (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 200_000));
      setTimeout(() => cancel.abort(new Error('Ctrl+C')), 100);
    },
  });
  assert.equal((await shell.run(['download', id, '-o', 'out.bin'], { signal: cancel.signal })).code, 130);
  const part = (await readdir(shell.dir)).find((name) => name.endsWith('.part')) ?? '';
  assert.equal((await stat(join(shell.dir, part))).size, 200_000);
  const resumed = await shell.run(['download', id, '-o', 'out.bin', '--json']);
  assert.equal((JSON.parse(resumed.out) as { resumed_from: number }).resumed_from, 200_000);
  assert.ok((await readFile(join(shell.dir, 'out.bin'))).equals(content));
  await writeFile(join(shell.dir, part), Buffer.alloc(1000));
  assert.equal((await shell.run(['download', id, '-o', 'bad.bin'])).code, 7);
  assert.equal((await shell.run(['download', id, '-o', 'bad.bin'])).code, 0, 'второй раз — с начала');
});

test('скачивание: неверные байты, лишние байты и чужой участок — 7, файла нет', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(100_000);
  const id = system.add(content);
  for (const bytes of [randomBytes(100_000), Buffer.concat([content, Buffer.from('x')])]) {
    system.faults.push({
      path: '/download',
      answer: (_, response) => void response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
    });
    assert.equal((await shell.run(['download', id, '-o', 'out.bin'])).code, 7);
    await assert.rejects(stat(join(shell.dir, 'out.bin')));
  }
});

test('сервер лежит — 6 после нескольких попыток; просрочен — 4; без прав — 3', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const id = system.add(Buffer.from('x'));
  const answers: [string, number, number][] = [
    ['FILE_EXPIRED', 410, 4],
    ['FORBIDDEN', 403, 3],
    ['UNAUTHORIZED', 401, 3],
    ['MODE_NOT_ALLOWED', 409, 5],
  ];
  for (const [code, status, exit] of answers) {
    system.faults.push({ path: '/download', answer: (_, response) => refuse(response, status, code) });
    const ran = await shell.run(['download', id, '-o', `${code}.bin`]);
    assert.equal(ran.code, exit, code);
    assert.match(ran.err, new RegExp(`сервер говорит: ${code} \\(${code}\\)`));
  }
  for (let i = 0; i < 5; i += 1)
    system.faults.push({ path: id, answer: (_, response) => refuse(response, 503, 'NOT_READY') });
  assert.equal((await shell.run(['info', id])).code, 6);
});

test('поиск и сведения: людям строки без управляющих знаков, программам — JSON', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  system.add(Buffer.from('1'), 'договор\u202Efdp.exe');
  const id = system.add(Buffer.from('22'), 'скан.pdf');
  const people = await shell.run(['search', 'договор']);
  assert.equal(people.code, 0);
  assert.ok(people.out.includes('договор?fdp.exe'));
  assert.match(people.err, /Показано 1 из 1/);
  const page = JSON.parse((await shell.run(['search', '--json'])).out) as { total: number; items: unknown[] };
  assert.deepEqual([page.total, page.items.length], [2, 2]);
  assert.match((await shell.run(['info', id])).out, /Имя\s+скан\.pdf/);
  assert.equal((JSON.parse((await shell.run(['info', id, '--json'])).out) as { size: number }).size, 2);
});

test('полоса хода — только на терминале', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const id = system.add(randomBytes(300_000));
  assert.ok((await shell.run(['download', id, '-o', 'a'], { tty: true })).err.includes('100%'));
  assert.equal((await shell.run(['download', id, '-o', 'b'])).err, '');
  assert.equal((await shell.run(['download', id, '-o', 'c', '--json'], { tty: true })).err, '');
});
