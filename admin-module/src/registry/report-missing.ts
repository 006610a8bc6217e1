// Ленивая очистка: кто-то сказал, что элемент не нашёл файла. На слово не верим — спрашиваем элемент сами,
// и только его именной 404 с тем же storage_id и file_id помечает строку (hazards, sync 7).
import { isArtError } from '@artstore/contracts';
import { applyElementAbsence, applyElementFile } from './apply-element-truth.ts';
import type { RegisteredFile } from './files-table.ts';
import { locateFile } from './locate-file.ts';
import type { FileRequest, RegistryRooms } from './registry-rooms.ts';

export type ReportMissing = (request: FileRequest) => Promise<RegisteredFile>;

/** О проверке, идущей в этот миг, второй раз элемент не спрашивают: жалобы приходят пачками. */
export function createReportMissing(rooms: RegistryRooms): ReportMissing {
  const checking = new Map<string, Promise<RegisteredFile>>();
  return (request) => {
    const known = checking.get(request.fileId);
    if (known !== undefined) return known;
    // Проверка общая, поэтому уход одного из спросивших её не прерывает: пределы времени ставит клиент элементов.
    const started = check(rooms, request).finally(() => checking.delete(request.fileId));
    checking.set(request.fileId, started);
    return started;
  };
}

async function check({ database, client }: RegistryRooms, { fileId, actor }: FileRequest): Promise<RegisteredFile> {
  const { row, address } = await locateFile(database, fileId);
  if (row.status === 'deleted') return row;
  try {
    const file = await client.getFile(address, fileId);
    const audit = {
      actor,
      action: 'file_reported_missing',
      objectType: 'file',
      objectId: fileId,
      reason: `the storage element has it: ${file.status}`,
    } as const;
    return await applyElementFile(database, { storageElementId: address.id, file, audit });
  } catch (error) {
    if (!isArtError(error, 'FILE_NOT_FOUND')) throw error;
    return await applyElementAbsence(database, {
      row,
      actor,
      reason: 'reported missing; the storage element confirmed',
    });
  }
}
