// Файлы, чьи описания не прочлись при построении каталога, становятся строками списка. Через журнал: так у них есть
// revision, и лента о них скажет. Не успели до сбоя — каталог о них помнит, успеет следующий запуск.
import type { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Layout } from './layout.ts';
import type { LockedFile } from './locked-file.ts';
import type { RecoveryLog } from './recovery.ts';
import { unreadableFile } from './unreadable-file.ts';

/** Сколько пометок едет в журнал разом. */
const BATCH_FILES = 500;

interface DamagedRoom {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly catalog: Pick<Catalog, 'damaged'>;
  readonly log: RecoveryLog;
  readonly store: { withFile(fileId: string, work: (file: LockedFile) => Promise<void>): Promise<void> };
}

/** Не бросает: о таком файле и без пометки отвечается INTERNAL_ERROR, а пометит его сверка. */
export async function listDamaged({ disk, layout, catalog, log, store }: DamagedRoom): Promise<void> {
  try {
    for (;;) {
      const found = catalog.damaged.unmarked(BATCH_FILES);
      if (found.length === 0) return;
      await Promise.all(
        found.map(({ fileId, place }) =>
          store.withFile(fileId, async (locked) => {
            const known = locked.current()?.file;
            const size = disk.sizeOf(layout.blob(place, fileId)) ?? 0;
            const file = known ? { ...known, status: 'corrupted' as const } : unreadableFile(fileId, place, size);
            await locked.mark({ place }, file, 'keep');
          }),
        ),
      );
    }
  } catch (error) {
    log.error({ event: 'damaged_not_listed', err: error }, 'файлы с испорченным описанием не попали в список');
  }
}
