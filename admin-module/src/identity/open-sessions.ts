// Какие сеансы открыты: токен доступа самодостаточен, но здесь, у хозяина сеансов, закрытый сеанс действует сразу.
// Память короткая, чтобы закрытое другой копией модуля перестало действовать за секунды.
import type { Database } from '../database-table.ts';
import { isSessionOpen } from './sessions-table.ts';

export interface OpenSessions {
  isOpen(sessionId: string): Promise<boolean>;
  /** Забыть всё известное: какой-то сеанс закрыт. */
  forget(): void;
}

const REMEMBER_MS = 5_000;
const REMEMBERED_MAX = 10_000;

export function createOpenSessions(database: Database): OpenSessions {
  const remembered = new Map<string, { open: boolean; readAtMs: number }>();
  return {
    async isOpen(sessionId) {
      const known = remembered.get(sessionId);
      if (known !== undefined && performance.now() - known.readAtMs < REMEMBER_MS) return known.open;
      const open = await isSessionOpen(database.db, sessionId);
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(sessionId, { open, readAtMs: performance.now() });
      return open;
    },
    forget() {
      remembered.clear();
    },
  };
}
