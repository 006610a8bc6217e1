// Адрес клиента: каким его видят журнал и счётчики. За посредником это то, что он написал в X-Forwarded-For, а там бывает всякое.
import { isIPv4, isIPv6 } from 'node:net';

/** Так IPv4 выглядит у сервера, который слушает оба протокола (RFC 4291, 2.5.5.2). */
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
/** Сеть /64 — одно место: внутри неё адресов у клиента сколько угодно. */
const NETWORK_GROUPS = 4;

/** Адрес из запроса, если это адрес; иначе адрес соединения. */
export function clientAddress(claimed: string, socketAddress: string | undefined): string {
  for (const address of [claimed, socketAddress ?? '']) {
    const plain = MAPPED_IPV4.exec(address)?.[1] ?? address;
    if (isIPv4(plain) || isIPv6(plain)) return plain;
  }
  return 'unknown';
}

/** По чему считать обращения: IPv4 целиком, IPv6 — по сети /64. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1).join('').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, GROUPS - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
