// Сдвиг портов, при котором весь стенд помещается на свободные порты и не мешает стенду человека.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Порты стенда без сдвига (requirements, 2.11). */
const STAND_PORTS = [8000, 8010, 8011, 8020, 8030] as const;
const SHIFT_MIN = 1_000;
/** Ниже порогов, с которых ядро раздаёт случайные порты (обычно 32768). */
const SHIFT_MAX = 24_000;
const ATTEMPTS_MAX = 50;

export async function freePortShift(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const shift = randomInt(SHIFT_MIN / 100, SHIFT_MAX / 100) * 100;
    const free = await Promise.all(STAND_PORTS.map((port) => isFree(port + shift)));
    if (free.every(Boolean)) return shift;
  }
  throw new Error('свободного места для портов стенда не нашлось');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
