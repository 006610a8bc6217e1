// Отключение элемента. Пока в реестре есть его живые файлы, их пришлось бы потерять из виду: отказ.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { hasLiveFiles } from '../registry/files-table.ts';
import type { ElementRooms } from './element-rooms.ts';
import { getElement, removeElement as removeRow } from './elements-table.ts';

export async function removeElement({ database, known }: ElementRooms, id: string, actor: Actor): Promise<void> {
  await database.transaction(async (db) => {
    // Строка удержана раньше, чем сосчитаны файлы: запись файла, начатая до этого, дождётся решения и будет видна.
    const element = await getElement(db, id, true);
    if (element === undefined) throw new ArtError('NOT_FOUND');
    if (await hasLiveFiles(db, id)) {
      throw new ArtError('CONFLICT', {
        storageId: id,
        explain: { ru: 'На элементе есть живые файлы.', en: 'The storage element has live files.' },
      });
    }
    await removeRow(db, id);
    const before = { name: element.name, url: element.url };
    await recordAudit(db, {
      actor,
      action: 'storage_element_removed',
      objectType: 'storage_element',
      objectId: id,
      before,
    });
  });
  known.forget();
}
