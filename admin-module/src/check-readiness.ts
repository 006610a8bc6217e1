// Готовность: без базы и ключей модуль не может ничего, без элементов — работает не всё.
import type { Check } from '@artstore/chassis';
import { isArtError } from '@artstore/contracts';
import type { Database } from './database-table.ts';
import { listSyncPositions } from './elements/elements-table.ts';
import type { SigningKeys } from './identity/signing-keys.ts';

export interface ReadinessRooms {
  readonly database: Database;
  readonly keys: SigningKeys;
}

export async function checkReadiness({ database, keys }: ReadinessRooms): Promise<Record<string, Check>> {
  return {
    database: await attempt(() => database.ping(), 'database is unavailable'),
    signing_keys: await attempt(() => keys.status(), 'no signing keys'),
    storage_elements: await checkElements(database),
  };
}

async function attempt(work: () => Promise<unknown>, message: string): Promise<Check> {
  try {
    await work();
    return { status: 'ok' };
  } catch (error) {
    return { status: 'fail', message: isArtError(error) ? message : 'internal error' };
  }
}

/** Элементы где-то далеко: их беда — не повод выводить модуль управления из строя. */
async function checkElements(database: Database): Promise<Check> {
  try {
    const positions = await listSyncPositions(database.db);
    const working = positions.filter(({ status }) => status === 'online').length;
    if (working === positions.length) return { status: 'ok' };
    return {
      status: 'degraded',
      message: `${positions.length - working} of ${positions.length} storage elements are not online`,
    };
  } catch {
    return { status: 'fail', message: 'unknown' };
  }
}
