// Какие модули есть у системы и где лежат их контракты. Чистые данные: отсюда их берут все инструменты.

export const MODULES = ['admin-module', 'storage-element', 'ingester-module', 'query-module'] as const;

export type ModuleName = (typeof MODULES)[number];

/** Узнаёт имя модуля среди аргументов командной строки. */
export function isModuleName(name: string): name is ModuleName {
  return (MODULES as readonly string[]).includes(name);
}

export interface ContractPlaces {
  readonly source: string;
  readonly bundle: string;
  readonly types: string;
}

/** Где лежит рукописный контракт модуля, собранный контракт и порождённые типы; пути от корня проекта. */
export function contractPlaces(module: ModuleName): ContractPlaces {
  return {
    source: `${module}/api/openapi.yaml`,
    bundle: `${module}/api/openapi.gen.json`,
    types: `pkg/contracts/generated/${module}.gen.ts`,
  };
}
