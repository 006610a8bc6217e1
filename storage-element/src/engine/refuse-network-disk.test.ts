// Сетевой диск отвергается по имени и до первой перемены, местный — никогда.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectoryProbe } from './disk.ts';
import { networkFileSystem, refuseNetworkDisk } from './refuse-network-disk.ts';

test('местные файловые системы годятся', () => {
  const local = { ext: 0xef53, xfs: 0x58465342, btrfs: 0x9123683e, zfs: 0x2fc12fc1, tmpfs: 0x01021994 };
  for (const [name, type] of Object.entries({
    ...local,
    overlay: 0x794c7630,
    f2fs: 0xf2f52010,
    bcachefs: 0xca451a4e,
  })) {
    assert.equal(networkFileSystem({ type, name }), undefined, name);
  }
});

test('сетевые — нет; число со знаком не сбивает, слово mountinfo точнее своего', () => {
  for (const type of [0x6969, 0xff534d42, 0xff534d42 | 0, 0xfe534d42, 0x01021997, 0x00c36400, 0x5346414f, 0x65735546]) {
    assert.ok(networkFileSystem({ type, name: undefined }), type.toString(16));
  }
  assert.equal(networkFileSystem({ type: 0x65735546, name: 'fuse.sshfs' }), 'fuse.sshfs');
  assert.equal(networkFileSystem({ type: 0x6969, name: undefined }), 'nfs');
});

test('каталога ещё нет — смотрят на тот, что над ним; в отказе имя системы и чем её разрешить', () => {
  const asked: string[] = [];
  const probe: Pick<DirectoryProbe, 'identify' | 'fileSystem'> = {
    identify: (path) => (path === '/mnt' || path === '/' ? '1:1' : undefined),
    fileSystem: (path) => {
      asked.push(path);
      return { type: 0x6969, name: 'nfs4' };
    },
  };
  assert.throws(() => refuseNetworkDisk(probe as DirectoryProbe, '/mnt/se/data'), /nfs4.*SE_ALLOW_NETWORK_FS/);
  assert.deepEqual(asked, ['/mnt']);
});
