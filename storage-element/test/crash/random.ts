// Случай по зерну: одно и то же зерно даёт один и тот же ход событий на любой машине.

export interface Random {
  /** Целое от 0 до below - 1. */
  below(below: number): number;
  /** Истина с вероятностью share. */
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Buffer;
  /** Независимая ветвь: её ход не зависит от того, сколько раз спросили у ствола. */
  fork(name: string): Random;
}

/** mulberry32: 32 бита состояния, период 2^32; для испытаний достаточно, для тайн негоден. */
export function createRandom(seed: string): Random {
  let state = hashOf(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (below) => next() % below,
    chance: (share) => next() < share * 2 ** 32,
    pick: (items) => {
      const item = items[next() % items.length];
      if (item === undefined) throw new Error('выбирать не из чего');
      return item;
    },
    bytes: (length) => {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; at += 1) bytes[at] = next() & 0xff;
      return bytes;
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
