// Пароли людей: argon2id (RFC 9106) в виде строки PHC. Число одновременных вычислений ограничено,
// чтобы поток входов не занял память и не остановил остальные запросы.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ArtError } from '@artstore/contracts';

/** Цена одного вычисления: 19 МиБ, два прохода (OWASP Password Storage Cheat Sheet). */
const COST: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 };
/** Хеш из базы дороже этого считать нельзя: строку могли подменить. */
const MEMORY_KIB_MAX = 1_048_576;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const CONCURRENT_MAX = 2;
const WAITING_MAX = 100;

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Без хеша (такого имени нет) тратит столько же времени и отвечает false. */
  verify(password: string, phc: string | undefined): Promise<boolean>;
}

const derive = promisify(argon2);

export function createPasswords(): Passwords {
  const run = createGate();
  const nobody = formatPhc(COST, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));

  return {
    hash: (password) =>
      run(async () => {
        const salt = randomBytes(SALT_BYTES);
        return formatPhc(COST, salt, await compute(password, salt, COST));
      }),
    async verify(password, phc) {
      const { cost, salt, hash } = parsePhc(phc ?? nobody);
      const actual = await run(() => compute(password, salt, cost));
      return timingSafeEqual(actual, hash) && phc !== undefined;
    },
  };
}

function compute(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return derive('argon2id', {
    // Одна и та же буква вводится по-разному на разных клавиатурах (RFC 8265, 4.2).
    message: password.normalize('NFC'),
    nonce: salt,
    parallelism: cost.parallelism,
    tagLength: HASH_BYTES,
    memory: cost.memoryKib,
    passes: cost.passes,
  });
}

export function formatPhc(cost: Cost, salt: Buffer, hash: Buffer): string {
  const code = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.parallelism}$${code(salt)}$${code(hash)}`;
}

export function parsePhc(phc: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc);
  const [, memory, passes, parallelism, salt, hash] = match ?? [];
  const cost = { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const bytes = Buffer.from(hash ?? '', 'base64');
  if (salt === undefined || bytes.length !== HASH_BYTES || cost.memoryKib > MEMORY_KIB_MAX) {
    throw new Error('хеш пароля в базе не похож на argon2id');
  }
  return { cost, salt: Buffer.from(salt, 'base64'), hash: bytes };
}

/** Пропускает по CONCURRENT_MAX работ; очередь ограничена, лишним — RATE_LIMITED. */
function createGate(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= CONCURRENT_MAX) {
      if (waiting.length >= WAITING_MAX) throw new ArtError('RATE_LIMITED', { retryAfterSeconds: 2 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // Место сразу переходит следующему: счётчик не уменьшается и никто не проскочит без очереди.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
