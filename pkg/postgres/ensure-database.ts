// Заводит базу и её роли на сервере, где у нас права суперпользователя. Повторный вызов ничего не портит.
import { readFile } from 'node:fs/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export interface DatabaseWish<Role extends string> {
  readonly database: string;
  /** Повторяемый файл SQL: заводит роли и отдаёт базу владельцу. Выполняется суперпользователем в самой базе. */
  readonly roles: URL;
  /** Пароли ролей; обновляются при каждом вызове. */
  readonly passwords: Readonly<Record<Role, string>>;
  /** Роли прежних версий: если они есть, войти под ними больше нельзя. */
  readonly retired?: readonly string[];
}

const DATABASE_EXISTS = '42P04';

/** Возвращает адрес базы под каждой из ролей. */
export async function ensureDatabase<Role extends string>(
  serverUrl: string,
  wish: DatabaseWish<Role>,
): Promise<(role: Role) => string> {
  const url = new URL(serverUrl);
  await inDatabase(url, async (client) => {
    await client.query(`CREATE DATABASE ${escapeIdentifier(wish.database)}`).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === DATABASE_EXISTS)) throw error;
    });
  });
  url.pathname = `/${encodeURIComponent(wish.database)}`;
  await inDatabase(url, (client) => prepareRoles(client, wish));
  return (role) => {
    const own = new URL(url);
    own.username = encodeURIComponent(role);
    own.password = encodeURIComponent(wish.passwords[role]);
    return own.href;
  };
}

async function prepareRoles(client: Client, wish: DatabaseWish<string>): Promise<void> {
  const script = await readFile(wish.roles, 'utf8');
  // Несколько команд одним запросом — одна транзакция: прерванная передача владения не остановится посередине.
  await client.query(script);
  for (const [role, password] of Object.entries(wish.passwords)) {
    await client.query(`ALTER ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(password)}`);
  }
  const retired = await client.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = any($1) AND rolcanlogin',
    [wish.retired ?? []],
  );
  for (const { rolname } of retired.rows) await client.query(`ALTER ROLE ${escapeIdentifier(rolname)} NOLOGIN`);
}

async function inDatabase(url: URL, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url.href, application_name: 'artstore-ensure-database' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
