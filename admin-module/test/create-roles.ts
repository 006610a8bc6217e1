// Для проверок: заводит роли в базе тем же файлом, каким их заводит человек.
import { readFile } from 'node:fs/promises';
import pg from 'pg';

const CREATE_ROLES = new URL('../database/create-roles.sql', import.meta.url);

/** @param url база под суперпользователем */
export async function createRoles(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(await readFile(CREATE_ROLES, 'utf8'));
  } finally {
    await client.end();
  }
}
