// Собранный контракт: один документ без ссылок в другие файлы, который процесс читает при запуске.

import { bundle, createConfig } from '@redocly/openapi-core';

export interface BundledContract {
  readonly document: Record<string, unknown>;
  readonly json: string;
}

/**
 * Собирает контракт с частями из api-common.yaml в один документ.
 * @param source путь к openapi.yaml
 * @throws Error с перечнем неразрешённых ссылок: собранный наполовину хуже никакого
 */
export async function bundleContract(source: string): Promise<BundledContract> {
  const result = await bundle({ ref: source, config: await createConfig({}) });
  const faults = result.problems.filter((problem) => problem.severity === 'error');
  if (faults.length > 0) {
    const lines = faults.map((fault) => `  ${fault.location[0]?.pointer ?? ''}: ${fault.message}`);
    throw new Error(`${source} не сворачивается:\n${lines.join('\n')}`);
  }
  const document: unknown = result.bundle.parsed;
  if (typeof document !== 'object' || document === null) throw new Error(`${source}: это не документ OpenAPI`);
  const marked = {
    'x-generated': 'Порождено из openapi.yaml командой npm run generate; руками не правят.',
    ...document,
  };
  return { document: marked, json: `${JSON.stringify(marked, null, 1)}\n` };
}
