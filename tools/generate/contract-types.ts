// Типы TypeScript из свёрнутого контракта. openapi-typescript держит при себе TypeScript 5.9 (tools/node_modules),
// потому что у TypeScript 7 нет программного интерфейса.

import openapiTS, { astToString } from 'openapi-typescript';

/**
 * Порождает текст модуля с типами paths, operations и components.
 * Значение по умолчанию не делает поле обязательным: иначе тело запроса пришлось бы заполнять целиком.
 */
export async function contractTypes(source: string, bundleJson: string): Promise<string> {
  const nodes = await openapiTS(bundleJson, { defaultNonNullable: false, silent: true });
  const header = [
    `// Порождено из ${source} командой npm run generate. Руками не правят: правят контракт.`,
    '// Типы запросов и ответов; кода здесь нет.',
    '',
    '',
  ].join('\n');
  return `${header}${astToString(nodes)}`;
}
