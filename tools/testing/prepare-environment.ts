// Окружение прогона: ничто из настроек того, кто его запустил, не должно менять исход проверок.

import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestEnvironment {
  /** Метка в окружении каждого порождённого процесса. */
  readonly marker: string;
  /** Временная папка прогона: всё, что в ней останется, кто-то за собой не убрал. */
  readonly temporary: string;
}

/** Настраивает process.env этого процесса (а значит и всех порождённых) и заводит временную папку. */
export async function prepareEnvironment(): Promise<TestEnvironment> {
  for (const name of Object.keys(process.env)) {
    if (/^(AM|SE|IM|QM|PG)[_A-Z]*$|^ARTSTORE_(?!TEST_)/.test(name)) delete process.env[name];
  }
  const id = randomBytes(6).toString('hex');
  process.env['ARTSTORE_TEST_RUN'] = id;
  process.env['NO_PROXY'] = process.env['no_proxy'] = '127.0.0.1,localhost,::1';
  const temporary = await mkdtemp(join(tmpdir(), 'art-test-'));
  // PostgreSQL от имени nobody должен пройти сквозь эту папку к своей.
  await chmod(temporary, 0o755);
  process.env['TMPDIR'] = temporary;
  return { marker: `ARTSTORE_TEST_RUN=${id}`, temporary };
}
