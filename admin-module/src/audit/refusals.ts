// Неудачи в журнале действий: отказы, ошибки, неверные пароли. Каждая записана, пока их не слишком много: дальше —
// только числом, чтобы перебор или сломанная служба не заполнили базу.
import type { Logger } from '@artstore/chassis';
import type { Database } from '../database-table.ts';
import { type AuditRecord, recordAudit, recordAuditBatch } from './audit-table.ts';

/** Столько одинаковых неудач за минуту пишутся по одной. */
const EACH_MAX = 20;
const WINDOW_MS = 60_000;
const KEYS_MAX = 2_000;
const OVERFLOW_KEY = '';

export type FailureRecord = Omit<AuditRecord, 'result'>;

export interface Refusals {
  /**
   * Записывает неудачу. Сбой самой записи виден в журнале службы, но не вызвавшему: ему и так отказано.
   * @param key что считать одним и тем же: кто, откуда, что и почему
   */
  note(key: string, record: FailureRecord): Promise<void>;
  /** Дописывает сосчитанное за прошедшие минуты. */
  flush(): Promise<void>;
}

interface Counted {
  readonly startedMs: number;
  readonly record: FailureRecord;
  noted: number;
  unwritten: number;
}

export function createRefusals(database: Database, log: Logger): Refusals {
  let counted = new Map<string, Counted>();

  function count(key: string, record: FailureRecord): Counted {
    const known = counted.get(key) ?? (counted.size < KEYS_MAX ? undefined : counted.get(OVERFLOW_KEY));
    if (known !== undefined) return known;
    const fresh = { startedMs: performance.now(), record, noted: 0, unwritten: 0 };
    counted.set(counted.size < KEYS_MAX ? key : OVERFLOW_KEY, fresh);
    return fresh;
  }

  return {
    async note(key, record) {
      const same = count(key, record);
      if (same.noted >= EACH_MAX) {
        same.unwritten += 1;
        return;
      }
      same.noted += 1;
      try {
        await recordAudit(database.db, { ...record, result: 'failure' });
      } catch (error) {
        log.warn({ event: 'audit_lost', action: record.action, err: error }, 'неудача не записана в журнал действий');
      }
    },
    async flush() {
      const nowMs = performance.now();
      const entries = [...counted];
      const over = entries.filter(([, { startedMs }]) => nowMs - startedMs >= WINDOW_MS);
      const repeated = over.filter(([, { unwritten }]) => unwritten > 0);
      await recordAuditBatch(
        database.db,
        repeated.map(([, same]) => summary(same)),
      );
      const gone = new Set(over.map(([key]) => key));
      counted = new Map(entries.filter(([key]) => !gone.has(key)));
    },
  };
}

function summary({ record: { actor, action, objectType, reason }, unwritten }: Counted): AuditRecord {
  return {
    actor: { ...actor, requestId: null },
    action,
    objectType,
    result: 'failure',
    reason: reason ?? null,
    after: { repeated: unwritten },
  };
}
