// Сетевые файловые системы движку не годятся: замок, fsync и порядок переименований держит чужая машина и держит иначе.
// Отказ до первой перемены на диске; обойти его можно только явной настройкой.
import { dirname } from 'node:path';
import type { DirectoryProbe } from './disk.ts';
import { WrongDataDirectory } from './element-identity.ts';

/** Числа statfs(2) из linux/magic.h. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smbfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x564c, 'ncp'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x19830326, 'beegfs'],
  [0xaad7aaea, 'panfs'],
  [0x786f4256, 'vboxsf'],
]);

/** Что это за сетевая файловая система; undefined, если она местная. */
export function networkFileSystem({ type, name }: { type: number; name: string | undefined }): string | undefined {
  const known = NETWORK_TYPES.get(type >>> 0);
  return known === undefined ? undefined : (name ?? known);
}

/** Бросает WrongDataDirectory, если путь (или ближайший существующий каталог над ним) лежит на сетевом диске. */
export function refuseNetworkDisk(probe: DirectoryProbe, path: string): void {
  let existing = path;
  while (probe.identify(existing) === undefined && existing !== dirname(existing)) existing = dirname(existing);
  const network = networkFileSystem(probe.fileSystem(existing));
  if (network === undefined) return;
  throw new WrongDataDirectory(
    `${path}: сетевая файловая система ${network} не годится, нужен местный диск (ext4, XFS); ` +
      'если вы понимаете, чем рискуете, — SE_ALLOW_NETWORK_FS=true',
  );
}
