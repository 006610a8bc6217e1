// Строка реестра и элемент, на котором лежит файл: с этого начинается всякое действие над файлом.
import type { ElementAddress } from '@artstore/clients';
import { ArtError } from '@artstore/contracts';
import type { Database } from '../database-table.ts';
import { getElement } from '../elements/elements-table.ts';
import { getFile, type RegisteredFile } from './files-table.ts';

/** @throws FILE_NOT_FOUND, если реестр файла не знает; SE_UNAVAILABLE, если его элемент отключён */
export async function locateFile(
  database: Database,
  fileId: string,
): Promise<{ row: RegisteredFile; address: ElementAddress }> {
  const row = await getFile(database.db, fileId);
  if (row === undefined) throw new ArtError('FILE_NOT_FOUND', { fileId });
  const element = await getElement(database.db, row.storage_element_id);
  if (element === undefined) {
    throw new ArtError('SE_UNAVAILABLE', {
      fileId,
      cause: new Error('the storage element of the file is not registered'),
    });
  }
  return { row, address: { id: element.id, url: element.url } };
}
