// Присмотр за каталогом данных: тот ли он, на месте ли, можно ли в него писать.
// Пустой или чужой каталог под прежним путём иначе ответил бы «файла нет» о том, что цело на отключённом диске.
import type { Disk, DirectoryProbe } from './disk.ts';
import { readIdentity } from './element-identity.ts';
import type { Layout } from './layout.ts';

export type DirectoryState =
  | { readonly kind: 'present' }
  | { readonly kind: 'read_only' }
  /** Каталога нет на месте: reason — почему, словами для оператора. */
  | { readonly kind: 'absent'; readonly reason: string };

const PRESENT: DirectoryState = { kind: 'present' };
const READ_ONLY: DirectoryState = { kind: 'read_only' };

export interface WatchedDirectory {
  readonly probe: DirectoryProbe;
  readonly disk: Disk;
  readonly layout: Layout;
  readonly storageId: string;
}

/** Смотрит на каталоги сейчас: несколько stat, около 20 мкс; element.json читается, только когда сменился. */
export function watchDirectory({ probe, disk, layout, storageId }: WatchedDirectory): () => DirectoryState {
  const places = [layout.dataDir, layout.files, layout.walDir];
  const known = places.map((path) => probe.identify(path));
  let seenVersion: string | undefined;

  function whyAbsent(): string | undefined {
    for (const [index, path] of places.entries()) {
      const now = probe.identify(path);
      if (now === undefined) return `${path} не виден: удалён, отключён или не отвечает`;
      if (now !== known[index]) return `${path} — другой каталог: диск отключён или подменён`;
    }
    const version = probe.version(layout.identity);
    if (version === undefined) return `${layout.identity} пропал`;
    if (version === seenVersion) return undefined;
    const owner = ownerOf(disk, layout);
    if (owner !== storageId) return `${layout.identity} принадлежит другому элементу или не читается`;
    seenVersion = version;
    return undefined;
  }

  return () => {
    const reason = whyAbsent();
    if (reason !== undefined) return { kind: 'absent', reason };
    return isWritable(probe, layout, 'ask') ? PRESENT : READ_ONLY;
  };
}

/** try — пробной записью: после ошибки ext4 ядро пишет отказ, но каталог доступным только на чтение не называет. */
export function isWritable(probe: DirectoryProbe, layout: Layout, how: 'ask' | 'try'): boolean {
  return probe.writable(layout.dataDir, how) && probe.writable(layout.walDir, how);
}

function ownerOf(disk: Disk, layout: Layout): string | undefined {
  try {
    return readIdentity(disk, layout)?.storageId;
  } catch {
    return undefined;
  }
}
