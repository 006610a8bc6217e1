// Настройки из окружения: схема zod, все ошибки разом, таблица для README из той же схемы.
import { z } from 'zod';

/** Множители окончаний длительности, мс. */
const DURATION_UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Множители окончаний размера: десятичные и двоичные (IEC 80000-13). */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Длительность вида `30s`, `24h`, `1500ms`; значение — миллисекунды. `0` допустим и без единицы. */
export function duration() {
  return z.string().transform((text, context) => measured({ text, units: DURATION_UNITS_MS, context, sample: '30s, 5m, 24h' }));
}

/** Размер вида `64KiB`, `1GiB`, `500MB`; значение — байты. Число без единицы — байты. */
export function byteSize() {
  return z.string().transform((text, context) => measured({ text, units: { '': 1, ...SIZE_UNITS }, context, sample: '64KiB, 1GiB' }));
}

interface Measured {
  readonly text: string;
  readonly units: Readonly<Record<string, number>>;
  readonly context: z.RefinementCtx;
  readonly sample: string;
}

function measured({ text, units, context, sample }: Measured): number {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text.trim());
  const amount = Number(match?.[1]);
  const unit = units[match?.[2] ?? ''] ?? (amount === 0 ? 1 : undefined);
  const value = match === null || unit === undefined ? Number.NaN : Math.round(amount * unit);
  if (Number.isSafeInteger(value)) return value;
  context.addIssue({ code: 'custom', message: `ожидается величина с единицей, например ${sample}` });
  return z.NEVER;
}

/** Окружение: `process.env` или такой же объект в тесте. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Что не так с настройками: все ошибки разом, по строке на каждую. */
export class EnvError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'EnvError';
    this.faults = faults;
  }
}

export function parseEnv<S extends z.ZodObject>(schema: S, env: Env): Readonly<z.output<S>> {
  const known: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    // Пустая переменная в compose-файлах и манифестах значит «не задано».
    if (value !== undefined && value !== '') known[name] = value;
  }
  const result = schema.safeParse(known);
  if (!result.success) {
    throw new EnvError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  return Object.freeze(result.data);
}

/** Читает настройки; при ошибках печатает все и завершает процесс с кодом 2. Зовётся только из main.ts. */
export function readEnv<S extends z.ZodObject>(schema: S, env: Env): Readonly<z.output<S>> {
  try {
    return parseEnv(schema, env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    const lines = error.faults.map((fault) => `  ${fault}`).join('\n');
    process.stderr.write(`Настройки заданы неверно / The configuration is not valid:\n${lines}\n`);
    process.exit(2);
  }
}

/** Строка таблицы переменных для README. */
export interface EnvRow {
  readonly name: string;
  readonly default: string;
  readonly description: string;
  readonly required: boolean;
}

export function describeEnv(schema: z.ZodObject): readonly EnvRow[] {
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    default: '',
    description: z.globalRegistry.get(field)?.description ?? '',
    required: !field.safeParse(undefined).success,
  }));
}
