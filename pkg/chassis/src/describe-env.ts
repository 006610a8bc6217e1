// Таблица переменных окружения для README: порождается из той же схемы, по которой они читаются.
import { z } from 'zod';

export interface EnvRow {
  readonly name: string;
  /** Умолчание, каким его написали бы в окружении; пусто, если его нет. */
  readonly default: string;
  readonly description: string;
  readonly required: boolean;
}

export function describeEnv(schema: z.ZodObject): readonly EnvRow[] {
  const fields: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return Object.entries(fields).map(([name, field]) => {
    const layers = unwrap(field);
    return {
      name,
      default: layers.map(defaultOf).find((value) => value !== undefined) ?? '',
      description:
        layers.map((layer) => z.globalRegistry.get(layer)?.description).find((text) => text !== undefined) ?? '',
      required: !z.safeParse(field, undefined).success,
    };
  });
}

/** Слои схемы снаружи внутрь: `.default()`, `.optional()`, `.describe()` оборачивают друг друга в любом порядке. */
function unwrap(field: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = field._zod;
  if ('innerType' in def && def.innerType instanceof z.core.$ZodType) return [field, ...unwrap(def.innerType)];
  if ('in' in def && def.in instanceof z.core.$ZodType) return [field, ...unwrap(def.in)];
  return [field];
}

function defaultOf(field: z.core.$ZodType): string | undefined {
  const { def } = field._zod;
  if (def.type !== 'default' && def.type !== 'prefault') return undefined;
  return 'defaultValue' in def ? String(def.defaultValue) : undefined;
}
