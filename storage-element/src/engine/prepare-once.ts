// Запросы SQLite, разобранные один раз: разбор стоит больше самого запроса.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Отдаёт разобранный запрос. Текстов столько, сколько мест, где они написаны: собирать их из данных нельзя. */
export function prepareOnce(database: DatabaseSync): (text: string) => StatementSync {
  const known = new Map<string, StatementSync>();
  return (text) => {
    const statement = known.get(text) ?? database.prepare(text);
    known.set(text, statement);
    return statement;
  };
}
