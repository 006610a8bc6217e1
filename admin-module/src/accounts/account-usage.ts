// Когда учётной записью пользовались в последний раз: копится в памяти и пишется в базу изредка,
// чтобы выдача токена не стоила записи. При внезапной остановке теряются последние полминуты — это лишь сведения.
import type { Database } from '../database-table.ts';
import { touchAccounts } from './service-accounts-table.ts';

export interface AccountUsage {
  used(accountId: string): void;
  /** Записывает накопленное. */
  flush(): Promise<void>;
}

export function createAccountUsage(database: Database): AccountUsage {
  let times = new Map<string, Date>();
  return {
    used(accountId) {
      times.set(accountId, new Date());
    },
    async flush() {
      if (times.size === 0) return;
      const batch = times;
      times = new Map();
      try {
        await touchAccounts(database.db, batch);
      } catch (error) {
        // База недоступна: времена подождут следующего раза, более позднее главнее.
        times = new Map([...batch, ...times]);
        throw error;
      }
    },
  };
}
