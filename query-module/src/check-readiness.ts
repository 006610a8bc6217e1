// Готовность модуля по частям. Без базы поиска нет — fail; без индексов или списка элементов служба неполна — degraded.
import type { Check } from '@artstore/chassis';
import type { ElementDirectory } from './download/element-directory.ts';
import type { FilesView } from './registry/files-view.ts';
import type { RegistryState } from './registry/prepare-registry.ts';

export interface ReadinessParts {
  readonly files: Pick<FilesView, 'tableExists'>;
  readonly registry: { state(): RegistryState };
  readonly directory: Pick<ElementDirectory, 'size'>;
  readonly keys: { loaded(): boolean };
}

/** База, не ответившая за это время, недоступна: проверяющий ждать дольше не станет. */
const DATABASE_ANSWER_MS = 2_000;

export async function checkReadiness({
  files,
  registry,
  directory,
  keys,
}: ReadinessParts): Promise<Record<string, Check>> {
  return {
    database: await checkDatabaseAnswers(files),
    search: judgeRegistry(registry.state()),
    elements:
      directory.size() === undefined
        ? { status: 'degraded', message: 'список элементов хранения ещё не получен' }
        : { status: 'ok' },
    keys: keys.loaded() ? { status: 'ok' } : { status: 'fail', message: 'нет ключей проверки токенов' },
  };
}

async function checkDatabaseAnswers(files: Pick<FilesView, 'tableExists'>): Promise<Check> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), DATABASE_ANSWER_MS);
  try {
    const exists = await Promise.race([files.tableExists(), late]);
    if (exists === 'late') return { status: 'fail', message: 'база не отвечает' };
    return exists ? { status: 'ok' } : { status: 'fail', message: 'таблицы реестра ещё нет или читать её нельзя' };
  } catch {
    return { status: 'fail', message: 'база недоступна' };
  } finally {
    clearTimeout(timer);
  }
}

function judgeRegistry(state: RegistryState): Check {
  if (state === 'ready') return { status: 'ok' };
  const messages = { waiting: 'реестра ещё нет', building: 'индексы строятся', failed: 'индексы построить не удалось' };
  return { status: 'degraded', message: `поиск медленнее обычного: ${messages[state]}` };
}
