// Каким элемент показывает файл, о котором известно только, что он есть: описание не читается, каталог его не помнит.
// Чистая комната. Заменители названы в контракте (FileStatus corrupted).
import type { StoredFile } from '../files/file.ts';
import type { Place } from './layout.ts';

const NO_CHECKSUM = '0'.repeat(64);

/** Размер — сколько байт лежит на диске, время — начало дня, в котором лежит файл. */
export function unreadableFile(fileId: string, place: Place, size: number): Omit<StoredFile, 'revision'> {
  return {
    fileId,
    originalFilename: fileId,
    contentType: 'application/octet-stream',
    size,
    checksum: NO_CHECKSUM,
    uploadedBy: 'unknown',
    uploadedAt: startOfDay(place.day),
    description: '',
    tags: [],
    metadata: {},
    status: 'corrupted',
    retentionPolicy: 'permanent',
    ttlDays: null,
    expiresAt: null,
    deletedAt: null,
    version: 1,
  };
}

/** Имя дня — восемь цифр, но днём календаря быть не обязано. */
function startOfDay(day: string): string {
  const ms = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00.000Z`);
  return new Date(Number.isNaN(ms) ? 0 : ms).toISOString();
}
