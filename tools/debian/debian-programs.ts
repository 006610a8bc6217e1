// Программы из Debian, которые нужны проверкам и замерам, но не самой системе. Чистые данные.

export interface DebianProgram {
  readonly name: string;
  readonly package: string;
  /** Путь программы внутри пакета. */
  readonly path: string;
  readonly neededBy: string;
  readonly without: string;
}

export const DEBIAN_PROGRAMS: readonly DebianProgram[] = [
  {
    name: 'nginx',
    package: 'nginx',
    path: 'usr/sbin/nginx',
    neededBy: 'строки сравнения base.nginx-* в bench/',
    without: 'замеры идут без сравнения с nginx, их проверка пропущена',
  },
];
