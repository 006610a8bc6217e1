// Настройки с единицами измерения: длительности и размеры, как их пишут люди. Чистый разбор.
import { z } from 'zod';

type Units = Readonly<Record<string, number>>;

const DURATION_UNITS_MS: Units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Десятичные и двоичные кратные (IEC 80000-13); число без единицы — байты. */
const SIZE_UNITS: Units = {
  '': 1,
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

/** Длительность вида `30s`, `24h`, `1500ms`; значение — миллисекунды. Умолчание: `duration().prefault('30s')`. */
export function duration() {
  return z
    .string()
    .transform((text, context) => parseMeasured(text, DURATION_UNITS_MS) ?? refuse(context, '30s, 5m, 24h'));
}

/** Node держит таймер не дольше 2^31 мс: больше он срабатывает сразу и без конца. */
const PERIOD_MS_MAX = 24 * 86_400_000;
const PERIOD_MS_MIN = 10;

/** Период таймера: длительность от 10ms до 24d; ноль стал бы работой без передышки. */
export function period() {
  return duration().refine((ms) => ms >= PERIOD_MS_MIN && ms <= PERIOD_MS_MAX, 'ожидается от 10ms до 24d');
}

/** Размер вида `64KiB`, `1GiB`, `500MB`; значение — байты. Умолчание: `byteSize().prefault('1GiB')`. */
export function byteSize() {
  return z.string().transform((text, context) => parseMeasured(text, SIZE_UNITS) ?? refuse(context, '64KiB, 1GiB'));
}

function parseMeasured(text: string, units: Units): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?([A-Za-z]*)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, digits, unit = ''] = match;
  const amount = Number(digits);
  // Ноль одинаков в любых единицах.
  const factor = amount === 0 && unit === '' ? 1 : units[unit];
  const value = factor === undefined ? Number.NaN : Math.round(amount * factor);
  return Number.isSafeInteger(value) ? value : undefined;
}

function refuse(context: z.RefinementCtx, sample: string): never {
  context.addIssue({ code: 'custom', message: `нужна величина с единицей, например ${sample}` });
  return z.NEVER;
}
