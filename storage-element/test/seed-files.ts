// Наполняет каталог остановленного элемента файлами в формате движка, его же кодом, в обход журнала: миллион файлов
// за минуту. Каталог-указатель убирается: элемент построит его по описаниям при запуске.
// Отдельный процесс: node seed-files.ts <каталог данных> <каталог журнала> <сколько> [байт в файле]
//
// Байты у всех одинаковы, поэтому в ведре один настоящий файл, прочие — его имена: диска нужно вдвое меньше.
import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { attrToJson, sealAttr } from '../src/engine/attr.ts';
import { readCheckpoint } from '../src/engine/checkpoint.ts';
import { createRealDisk } from '../src/engine/disk.ts';
import { readIdentity } from '../src/engine/element-identity.ts';
import { BUCKET_FILES_MAX, createLayout, dayOf } from '../src/engine/layout.ts';
import { expiryOf, type StoredFile, type StoredStatus } from '../src/files/file.ts';

const DAY_MS = 86_400_000;
/** Из каждых двадцати: один удалён, один истёк и записан истёкшим, у одного срок вышел, а записи об этом ещё нет. */
const STATUSES: Readonly<Record<number, StoredStatus>> = { 7: 'deleted', 13: 'expired' };
const LAPSED = 17;

const [dataDir = '', walDir = '', countText = '0', bytesText = '4096'] = process.argv.slice(2);
const disk = createRealDisk();
const layout = createLayout(dataDir, walDir);
const identity = readIdentity(disk, layout);
if (identity === undefined) throw new Error(`${dataDir}: элемента здесь нет`);
const body = Buffer.alloc(Number(bytesText), 'артефакт');
const checksum = createHash('sha256').update(body).digest('hex');
const nowMs = Date.now();
// Вчерашний день: вёдра сегодняшнего заполняет сам элемент.
const day = dayOf(nowMs - DAY_MS);
const before = readCheckpoint(disk, layout, identity.storageId)?.revision ?? 0;

function fileAt(index: number): StoredFile {
  const kind = index % 20;
  const uploadedMs = nowMs - DAY_MS - (kind === LAPSED || STATUSES[kind] === 'expired' ? 40 * DAY_MS : 0);
  const ttlDays = identity?.mode === 'edit' ? 30 : null;
  const status = ttlDays === null ? 'active' : (STATUSES[kind] ?? 'active');
  return {
    fileId: randomUUID(),
    originalFilename: `Отчёт ${index}.pdf`,
    contentType: 'application/pdf',
    size: body.length,
    checksum,
    uploadedBy: 'sa_bench_0000',
    uploadedAt: new Date(uploadedMs).toISOString(),
    description: 'Квартальный отчёт отдела',
    tags: ['отчёт', 'квартал'],
    metadata: { department: 'архив', number: index },
    status,
    retentionPolicy: ttlDays === null ? 'permanent' : 'temporary',
    ttlDays,
    expiresAt: expiryOf({ ttlDays }, uploadedMs),
    deletedAt: status === 'deleted' ? new Date(nowMs).toISOString() : null,
    version: 1,
    revision: before + index + 1,
  };
}

let first = '';
for (let index = 0; index < Number(countText); index += 1) {
  const place = { day, bucket: Math.floor(index / BUCKET_FILES_MAX) };
  const file = fileAt(index);
  const blob = layout.blob(place, file.fileId);
  if (index % BUCKET_FILES_MAX === 0) {
    disk.makeDirectory(layout.bucketDir(place));
    disk.writeSmall(blob, body, 'create');
    first = blob;
  } else {
    disk.link(first, blob);
  }
  disk.writeSmall(layout.attr(place, file.fileId), sealAttr(attrToJson(file)), 'create');
}
rmSync(layout.catalogDir, { recursive: true, force: true });
