// Порождает таблицы в README модулей и docs/errors.md. Настройки модуля берёт из его src/config.ts.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeEnv } from '@artstore/chassis';
import { ERROR_TABLE } from '@artstore/contracts';
import { contractPlaces, MODULES, type ModuleName } from './contract-modules.ts';
import { errorAnswersOf, isRecord } from './contract-operations.ts';
import { endpointTable, envTable, errorsPage, fillMarkers } from './document-tables.ts';
import type { Output } from './output.ts';

type EnvSchema = Parameters<typeof describeEnv>[0];

/** Обновляет README модуля, если в нём есть метки; чего ещё нет (README, config.ts), то пропускается. */
export async function writeReadmeTables(root: string, module: ModuleName, output: Output): Promise<void> {
  const readme = `${module}/README.md`;
  if (!existsSync(join(root, readme))) return;
  let text = readFileSync(join(root, readme), 'utf8');
  const contract = readContract(root, module);
  if (contract !== undefined) text = fillMarkers(text, 'endpoints', endpointTable(contract)) ?? text;
  const schema = await findEnvSchema(root, module);
  if (schema !== undefined) text = fillMarkers(text, 'env', envTable(describeEnv(schema))) ?? text;
  await output.put(readme, text);
}

/** Порождает docs/errors.md: где какой код бывает, видно из контрактов. */
export async function writeErrorsPage(root: string, output: Output): Promise<void> {
  const seenIn = new Map<string, string[]>();
  for (const module of MODULES) {
    const contract = readContract(root, module);
    if (contract === undefined) continue;
    const codes = new Set(errorAnswersOf(contract).flatMap((answer) => answer.codes));
    for (const code of codes) seenIn.set(code, [...(seenIn.get(code) ?? []), module]);
  }
  await output.put('docs/errors.md', errorsPage(ERROR_TABLE, seenIn));
}

function readContract(root: string, module: ModuleName): unknown {
  const path = join(root, contractPlaces(module).bundle);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Схема окружения — единственный экспорт config.ts, у которого есть shape. */
async function findEnvSchema(root: string, module: ModuleName): Promise<EnvSchema | undefined> {
  const path = join(root, module, 'src/config.ts');
  if (!existsSync(path)) return undefined;
  const exports: unknown = await import(pathToFileURL(path).href);
  return isRecord(exports) ? Object.values(exports).find(isEnvSchema) : undefined;
}

function isEnvSchema(value: unknown): value is EnvSchema {
  return typeof value === 'object' && value !== null && 'shape' in value && 'safeParse' in value;
}
