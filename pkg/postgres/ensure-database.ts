// Заводит базу и её владельца на сервере, где у нас права суперпользователя. Повторный вызов ничего не портит.
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export interface DatabaseWish {
  readonly database: string;
  /** Роль без особых прав, владеющая базой; пароль обновляется при каждом вызове. */
  readonly role: string;
  readonly password: string;
}

const ROLE_EXISTS = '42710';
const DATABASE_EXISTS = '42P04';

/** Возвращает адрес заведённой базы под её владельцем. */
export async function ensureDatabase(serverUrl: string, wish: DatabaseWish): Promise<string> {
  const role = escapeIdentifier(wish.role);
  const client = new Client({ connectionString: serverUrl, application_name: 'artstore-ensure-database' });
  await client.connect();
  try {
    await ignoring(ROLE_EXISTS, client.query(`CREATE ROLE ${role}`));
    await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${escapeLiteral(wish.password)}`);
    await ignoring(DATABASE_EXISTS, client.query(`CREATE DATABASE ${escapeIdentifier(wish.database)} OWNER ${role}`));
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.username = encodeURIComponent(wish.role);
  url.password = encodeURIComponent(wish.password);
  url.pathname = `/${encodeURIComponent(wish.database)}`;
  return url.href;
}

async function ignoring(code: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error;
  }
}
