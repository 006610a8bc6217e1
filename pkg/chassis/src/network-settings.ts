// Настройки-списки адресов и сетей. Чистый разбор.
import { isIP } from 'node:net';
import { z } from 'zod';

const ADDRESS_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Адреса и сети через запятую (`10.0.0.0/8, 192.0.2.1`); пусто — ни одной. Умолчание: `networks().prefault('')`. */
export function networks() {
  return z.string().transform((text, context) => {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    if (items.every(isNetwork)) return items;
    context.addIssue({ code: 'custom', message: 'ожидаются адреса и сети через запятую, например 10.0.0.0/8' });
    return z.NEVER;
  });
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = ADDRESS_BITS[isIP(address)];
  if (bits === undefined || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}
