// Команды на сервере: настоящий процесс модуля с его окружением, без HTTP.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { ADMIN_PASSWORD, startAdmin, type TestAdmin } from './start-admin.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function rescue(admin: TestAdmin, ...args: string[]): Promise<{ code: number; text: string }> {
  const env = { PATH: process.env['PATH'] ?? '', ...admin.env };
  return await new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env, timeout: 60_000 }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stderr });
    });
  });
}

test('последний администратор, который закрыт и забыл пароль, возвращается командой на сервере', async (t) => {
  const admin = await startAdmin(t, { AM_LOGIN_FAILURES: '2' });
  const logIn = (password: string) => admin.call('/api/v1/admin-auth/login', { json: { username: 'admin', password } });
  for (const expected of [401, 401, 423]) assert.equal((await logIn('wrong password')).status, expected);
  const unlocked = await rescue(admin, 'unlock', 'Admin');
  assert.equal(unlocked.code, 0, unlocked.text);
  const open = await logIn(ADMIN_PASSWORD);
  assert.equal(open.status, 200);

  for (const expected of [401, 401, 423]) assert.equal((await logIn('wrong password')).status, expected);
  const reset = await rescue(admin, 'reset-password', 'admin');
  const password = /one-time password: (\S+)/.exec(reset.text)?.[1] ?? '';
  assert.equal(reset.code, 0, reset.text);
  assert.equal((await logIn(ADMIN_PASSWORD)).status, 401);
  const temporary = await logIn(password);
  assert.deepEqual([temporary.status, temporary.body.must_change_password], [200, true]);
  const refreshed = await admin.call('/api/v1/admin-auth/refresh', {
    json: { refresh_token: open.body.refresh_token },
  });
  assert.equal(refreshed.status, 401, 'прежний сеанс закрыт');

  const token = await admin.token('only-admin-read');
  const audit = (await admin.call('/api/v1/audit?object_type=admin_user&result=success', { token })).body;
  const actions = audit.items.map((entry: { action: string }) => entry.action);
  assert.ok(actions.includes('admin_user_unlocked') && actions.includes('admin_user_password_reset'), actions.join());
  assert.ok(!JSON.stringify(audit).includes(password));

  assert.equal((await rescue(admin, 'unlock', 'nobody')).code, 1);
  assert.equal((await rescue(admin, 'dance')).code, 2);
});
