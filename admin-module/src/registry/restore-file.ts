// Возврат удалённого файла из корзины элемента: сначала на элементе, потом в реестре.
import { applyElementFile } from './apply-element-truth.ts';
import type { RegisteredFile } from './files-table.ts';
import { locateFile } from './locate-file.ts';
import type { FileRequest, RegistryRooms } from './registry-rooms.ts';

export async function restoreFile(
  { database, client }: RegistryRooms,
  { fileId, actor, signal }: FileRequest,
): Promise<RegisteredFile> {
  const { row, address } = await locateFile(database, fileId);
  const file = await client.restoreFile(address, fileId, signal);
  const before = { status: row.status };
  const after = { status: file.status };
  return await applyElementFile(database, {
    storageElementId: address.id,
    file,
    audit: { actor, action: 'file_restored', objectType: 'file', objectId: fileId, before, after },
  });
}
