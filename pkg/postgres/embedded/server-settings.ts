// Настройки встроенного сервера; передаются в командной строке, поэтому действуют и на данных, созданных раньше.

import { totalmem } from 'node:os';

/** Скромная машина, полная сохранность: fsync и synchronous_commit остаются включёнными. */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '80',
  superuser_reserved_connections: '3',
  shared_buffers: shareOfMemory({ share: 0.25, leastMib: 128, mostMib: 1_024 }),
  effective_cache_size: shareOfMemory({ share: 0.5, leastMib: 512, mostMib: 4_096 }),
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  checkpoint_completion_target: '0.9',
  wal_compression: 'pglz',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%a ',
};

/** Память сервера занимается по мере надобности: на малой базе большой предел ничего не стоит. */
function shareOfMemory(o: { readonly share: number; readonly leastMib: number; readonly mostMib: number }): string {
  const mib = Math.floor((totalmem() * o.share) / 2 ** 20);
  return `${Math.min(Math.max(mib, o.leastMib), o.mostMib)}MB`;
}
