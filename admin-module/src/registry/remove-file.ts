// Удаление файла: сначала на элементе (в корзину), потом в реестре.
import { isArtError } from '@artstore/contracts';
import { applyElementAbsence, applyElementFile } from './apply-element-truth.ts';
import { locateFile } from './locate-file.ts';
import type { FileRequest, RegistryRooms } from './registry-rooms.ts';

export async function removeFile({ database, client, log }: RegistryRooms, request: FileRequest): Promise<void> {
  const { fileId, actor, signal } = request;
  const { row, address } = await locateFile(database, fileId);
  const absent = (reason: string): Promise<unknown> => applyElementAbsence(database, { row, actor, reason });
  try {
    await client.deleteFile(address, fileId, signal);
  } catch (error) {
    if (isArtError(error, 'FILE_NOT_FOUND')) await absent('the storage element does not know the file');
    throw error;
  }
  // Элемент удалил; его запись нужна ради revision и времени удаления, но без неё удаление всё равно состоялось.
  const file = await client.getFile(address, fileId, signal).catch((error: unknown) => {
    log.warn(
      { event: 'deleted_file_not_read', fileId, err: error },
      'запись удалённого файла не прочитана, помечаю сам',
    );
    return undefined;
  });
  if (file?.status !== 'deleted') {
    await absent('deleted through the registry');
    return;
  }
  const audit = {
    actor,
    action: 'file_deleted',
    objectType: 'file',
    objectId: fileId,
    before: { status: row.status },
    after: { status: 'deleted' },
  } as const;
  await applyElementFile(database, { storageElementId: address.id, file, audit });
}
