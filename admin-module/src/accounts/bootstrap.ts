// Первый запуск: администратор и учётные записи модулей. Пароля по умолчанию нет — его задаёт оператор,
// либо придумывается случайный, который показан один раз и меняется при первом входе.
import { randomUUID } from 'node:crypto';
import type { Logger } from '@artstore/chassis';
import type { Scope } from '@artstore/contracts';
import { SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import type { Passwords } from '../identity/passwords.ts';
import { hashSecret, newOneTimePassword } from '../identity/secrets.ts';
import { hasUsers, insertUser } from './admin-users-table.ts';
import { insertAccount } from './service-accounts-table.ts';

export interface BootstrapAccount {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly Scope[];
}

export interface BootstrapOptions {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly log: Logger;
  readonly username: string;
  /** Пароль от оператора; без него придумывается одноразовый. */
  readonly password: string | undefined;
  readonly accounts: readonly BootstrapAccount[];
  /** Показывает одноразовый пароль человеку; в журнал он не попадает. */
  readonly show: (text: string) => void;
}

export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const { database, log, accounts } = options;
  if (!(await hasUsers(database.db))) await createFirstAdmin(options);
  for (const account of accounts) {
    const created = await database.transaction(async (db) => {
      const row = await insertAccount(
        db,
        {
          id: randomUUID(),
          name: account.name,
          description: 'заведена при запуске по AM_BOOTSTRAP_ACCOUNTS',
          clientId: account.clientId,
          scopes: account.scopes,
          secretHash: hashSecret(account.clientSecret),
          secretTtlDays: 0,
        },
        true,
      );
      if (row === undefined) return false;
      const after = { name: row.name, client_id: row.client_id, scopes: row.scopes };
      await recordAudit(db, {
        actor: SYSTEM,
        action: 'service_account_created',
        objectType: 'service_account',
        objectId: row.id,
        after,
      });
      return true;
    });
    if (created)
      log.info({ event: 'service_account_created', clientId: account.clientId }, 'учётная запись службы заведена');
  }
}

async function createFirstAdmin({
  database,
  passwords,
  log,
  username,
  password,
  show,
}: BootstrapOptions): Promise<void> {
  const oneTime = password === undefined ? newOneTimePassword() : undefined;
  const passwordHash = await passwords.hash(password ?? oneTime ?? '');
  const created = await database.transaction(async (db) => {
    const row = await insertUser(db, {
      id: randomUUID(),
      username,
      fullName: '',
      role: 'admin',
      passwordHash,
      mustChangePassword: oneTime !== undefined,
    });
    if (row === undefined) return false;
    const after = { username, role: 'admin' };
    await recordAudit(db, {
      actor: SYSTEM,
      action: 'admin_user_created',
      objectType: 'admin_user',
      objectId: row.id,
      after,
    });
    return true;
  });
  if (!created) return;
  log.info({ event: 'admin_user_created', username }, 'заведён первый администратор');
  if (oneTime !== undefined) {
    show(
      `\nПервый администратор / First administrator: ${username}\n` +
        `Одноразовый пароль / One-time password:    ${oneTime}\n` +
        'Он показан один раз, при входе его надо сменить. / Shown once; must be changed at first login.\n\n',
    );
  }
}
