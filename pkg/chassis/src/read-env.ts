// Настройки из окружения: схема zod, все ошибки разом. Прочитанное не меняется.
import { z } from 'zod';

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

const explainInRussian = z.locales.ru().localeError;

/** Проверяет окружение по схеме. Пустая переменная значит «не задана»: так её пишут в манифестах. Бросает EnvError. */
export function parseEnv<S extends z.ZodObject>(schema: S, env: Env): Readonly<z.output<S>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const result = schema.safeParse(given, { error: explain });
  if (!result.success) {
    throw new EnvError(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
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
    return process.exit(2);
  }
}

/** Сообщения zod по-русски; значение переменной в них не попадает, оно бывает секретом. */
const explain: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_type' && issue.input === undefined ? 'не задана' : explainInRussian(issue);
