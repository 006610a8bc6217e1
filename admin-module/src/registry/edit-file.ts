// Правка метаданных: сначала attr.json на элементе, потом строка реестра.
import { isArtError } from '@artstore/contracts';
import type { FileEdit } from '@artstore/clients';
import { applyElementAbsence, applyElementFile } from './apply-element-truth.ts';
import type { RegisteredFile } from './files-table.ts';
import { locateFile } from './locate-file.ts';
import type { FileRequest, RegistryRooms } from './registry-rooms.ts';

const EDITABLE = ['original_filename', 'description', 'tags', 'metadata'] as const;

export async function editFile(
  { database, client }: RegistryRooms,
  { fileId, edit, actor, signal }: FileRequest & { edit: FileEdit },
): Promise<RegisteredFile> {
  const { row, address } = await locateFile(database, fileId);
  try {
    const file = await client.updateFile(address, fileId, edit, signal);
    return await applyElementFile(database, {
      storageElementId: address.id,
      file,
      audit: {
        actor,
        action: 'file_updated',
        objectType: 'file',
        objectId: fileId,
        before: pick(row, edit),
        after: pick(file, edit),
      },
    });
  } catch (error) {
    if (isArtError(error, 'FILE_NOT_FOUND')) {
      await applyElementAbsence(database, { row, actor, reason: 'the storage element does not know the file' });
    }
    throw error;
  }
}

/** Только те поля, о которых была просьба. */
function pick(file: Pick<RegisteredFile, (typeof EDITABLE)[number]>, edit: FileEdit): object {
  return Object.fromEntries(EDITABLE.filter((name) => edit[name] !== undefined).map((name) => [name, file[name]]));
}
