// Программы из Debian, которые нужны проверкам и замерам, но не самой системе. Чистые данные.

export interface DebianProgram {
  readonly name: string;
  readonly package: string;
  /** Путь программы внутри пакета. */
  readonly path: string;
  readonly neededBy: string;
  readonly without: string;
}

/** Как Debian зовёт каталог библиотек этой машины. */
export const LIBRARY_FOLDER = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;

const REAL_FAULTS = 'storage-element/test/faults/';

export const DEBIAN_PROGRAMS: readonly DebianProgram[] = [
  {
    name: 'nginx',
    package: 'nginx',
    path: 'usr/sbin/nginx',
    neededBy: 'строки сравнения base.nginx-* в bench/',
    without: 'замеры идут без сравнения с nginx, их проверка пропущена',
  },
  {
    name: 'xfs_io',
    package: 'xfsprogs',
    path: 'usr/sbin/xfs_io',
    neededBy: `${REAL_FAULTS}: отключение питания под живой файловой системой`,
    without: 'отключения питания и EIO на настоящих ext4 и XFS пропущены',
  },
  {
    name: 'mkfs.xfs',
    package: 'xfsprogs',
    path: 'sbin/mkfs.xfs',
    neededBy: `${REAL_FAULTS}: диск XFS`,
    without: 'испытания на XFS пропущены',
  },
  {
    name: 'mkfs.ext4',
    package: 'e2fsprogs',
    path: 'sbin/mkfs.ext4',
    neededBy: `${REAL_FAULTS}: диск ext4`,
    without: 'испытания на ext4 пропущены',
  },
  {
    name: 'libfaketimeMT.so.1',
    package: 'libfaketime',
    path: `usr/lib/${LIBRARY_FOLDER}/faketime/libfaketimeMT.so.1`,
    neededBy: `${REAL_FAULTS}: скачки часов`,
    without: 'скачки часов у живого процесса пропущены',
  },
];
