// Каталог на своём месте в каталоге данных.
import { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Layout } from './layout.ts';

/** fresh — прежнюю базу убрать. Бросает, если прежняя не читается. */
export function openCatalogFile(disk: Disk, layout: Layout, fresh: boolean): Catalog {
  if (fresh) for (const suffix of ['', '-wal', '-shm']) disk.remove(layout.catalog + suffix);
  return new Catalog(layout.catalog);
}
