// Каталог на своём месте в каталоге данных.
import { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Layout } from './layout.ts';

interface CatalogFile {
  /** Прежнюю базу убрать. */
  readonly fresh: boolean;
  /** Освобождает место на полном диске; false — освобождать нечего. */
  readonly makeRoom: () => boolean;
}

/** Бросает, если прежняя база не читается. */
export function openCatalogFile(disk: Disk, layout: Layout, { fresh, makeRoom }: CatalogFile): Catalog {
  if (fresh) for (const suffix of ['', '-wal', '-shm']) disk.remove(layout.catalog + suffix);
  return new Catalog(layout.catalog, makeRoom);
}
