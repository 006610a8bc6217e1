// Какие сеансы открыты: токен доступа самодостаточен, но здесь, у хозяина сеансов, закрытый сеанс действует сразу.
// Память короткая, чтобы закрытое другой копией модуля перестало действовать за секунды.
export interface OpenSessions {
  isOpen(sessionId: string): Promise<boolean>;
  /** Забыть всё известное: какой-то сеанс закрыт. */
  forget(): void;
}

const REMEMBER_MS = 5_000;
const REMEMBERED_MAX = 10_000;

export function createOpenSessions(read: (sessionId: string) => Promise<boolean>): OpenSessions {
  let generation = 0;
  const remembered = new Map<string, { open: boolean; readAtMs: number }>();
  return {
    async isOpen(sessionId) {
      const known = remembered.get(sessionId);
      if (known !== undefined && performance.now() - known.readAtMs < REMEMBER_MS) return known.open;
      const generationBefore = generation;
      const open = await read(sessionId);
      // Пока шло чтение, сеанс могли закрыть: такой ответ годен один раз, но не для памяти.
      if (generation !== generationBefore) return open;
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(sessionId, { open, readAtMs: performance.now() });
      return open;
    },
    forget() {
      generation += 1;
      remembered.clear();
    },
  };
}
