// Что значит увиденное о файле: находка, пометка, снятие пометки или ничего. Правила сверки без ввода-вывода.
import type { CatalogEntry } from '../engine/catalog.ts';
import type { Place } from '../engine/layout.ts';
import type { AttrFound } from '../engine/survey.ts';
import { unreadableFile } from '../engine/unreadable-file.ts';
import { effectiveStatus, type StoredFile, type StoredStatus } from '../files/file.ts';
import type { BlobFound } from '../files/verify-blob.ts';

export type IssueType = 'orphaned_file' | 'missing_file' | 'checksum_mismatch' | 'size_mismatch' | 'orphaned_attr';

export interface Finding {
  readonly type: IssueType;
  readonly description: string;
}

/** Файл глазами диска и каталога в один миг. */
export interface Look {
  readonly fileId: string;
  readonly place: Place;
  /** Запись каталога об этом самом месте. */
  readonly entry: CatalogEntry | undefined;
  /** Каталог знает файл, но в другом ведре. */
  readonly elsewhere: boolean;
  /** Каталог помнит, что описание не читалось. */
  readonly damaged: boolean;
  readonly attr: AttrFound;
  readonly blob: BlobFound;
  /** Сколько байт лежит на диске, если файла каталог не знает. */
  readonly bytesOnDisk: number;
  /** Пропал не файл, а весь каталог ведра. */
  readonly bucketGone: boolean;
}

export interface Judgement {
  readonly finding?: Finding;
  readonly mark?: { readonly file: Omit<StoredFile, 'revision'>; readonly sidecar: 'rewrite' | 'keep' };
  /** Байты, которых не ждёт никто: их можно отложить в карантин. */
  readonly orphan?: true;
}

export function judge(look: Look, nowMs: number): Judgement {
  return look.entry ? judgeKnown(look, look.entry, nowMs) : judgeUnknown(look);
}

/**
 * Чьё описание верно. Обычно каталога: он выведен из журнала. Если же описание не читалось, а теперь цело, его вернул
 * человек, и верно то, чей номер правки больше: копия могла быть и прошлогодней.
 */
export function trueFile(entry: CatalogEntry, attr: AttrFound, damaged: boolean): StoredFile {
  if (!damaged || attr.state !== 'sound') return entry.file;
  return attr.file.version >= entry.file.version ? attr.file : entry.file;
}

function judgeKnown(look: Look, entry: CatalogEntry, nowMs: number): Judgement {
  const { attr, damaged } = look;
  const file = trueFile(entry, attr, damaged);
  if (attr.state === 'damaged') {
    const finding: Finding = { type: 'checksum_mismatch', description: `описание не читается: ${attr.reason}` };
    const known = damaged && file.status === 'corrupted';
    return known ? { finding } : { finding, mark: { file: { ...file, status: 'corrupted' }, sidecar: 'keep' } };
  }
  const finding = findAttr(look, entry) ?? findBlob(look.blob);
  // Испорченного описания нет вовсе: писать взамен нечего, пока его не вернут. Вернули — сначала пересчитать сумму.
  const waits = damaged && (attr.state === 'absent' || (look.blob.state === 'sound' && !look.blob.hashed));
  if (look.bucketGone || waits) return finding ? { finding } : {};
  const status = statusFor(file, look.blob, nowMs);
  const unchanged = status === entry.file.status && !damaged && attr.state === 'sound';
  return {
    ...(finding ? { finding } : {}),
    ...(unchanged ? {} : { mark: { file: { ...file, status }, sidecar: 'rewrite' } }),
  };
}

function findAttr({ attr, blob, bucketGone, damaged }: Look, entry: CatalogEntry): Finding | undefined {
  if (attr.state === 'absent' && blob.state === 'absent') {
    const what = bucketGone
      ? 'пропал весь каталог ведра: пометок нет, проверьте диск'
      : 'нет ни описания, ни содержимого';
    return { type: 'missing_file', description: what };
  }
  if (attr.state === 'absent') {
    const what = damaged ? 'описания нет' : 'описания нет; его помнит каталог';
    return { type: 'orphaned_file', description: `содержимое на месте, ${what}` };
  }
  if (attr.state !== 'sound' || damaged || blob.state !== 'sound') return undefined;
  if (attr.file.revision === entry.file.revision || isMarked(entry.file.status)) return undefined;
  return {
    type: 'orphaned_attr',
    description: `описание на диске не то, что в каталоге: revision ${attr.file.revision}, а не ${entry.file.revision}`,
  };
}

function findBlob(blob: BlobFound): Finding | undefined {
  switch (blob.state) {
    case 'sound':
      return undefined;
    case 'absent':
      return { type: 'missing_file', description: 'описание есть, содержимого нет' };
    case 'size':
      return { type: 'size_mismatch', description: `на диске ${blob.size} байт, а не столько, сколько описано` };
    case 'checksum':
      return { type: 'checksum_mismatch', description: `сумма содержимого ${blob.sha256}, а не та, что описана` };
    case 'unreadable':
      return { type: 'checksum_mismatch', description: `содержимое не читается: ${blob.reason}` };
  }
}

/** Пометка снимается, только когда сумма пересчитана и сошлась. Удалённые и истёкшие не помечаются: их и так не отдают. */
function statusFor(file: StoredFile, blob: BlobFound, nowMs: number): StoredStatus {
  const marked = isMarked(file.status);
  if (blob.state === 'sound') {
    if (!marked || !blob.hashed) return file.status;
    return file.deletedAt === null ? 'active' : 'deleted';
  }
  if (!marked && effectiveStatus(file, nowMs) !== 'active') return file.status;
  return blob.state === 'absent' ? 'missing' : 'corrupted';
}

export function isMarked(status: StoredStatus): boolean {
  return status === 'missing' || status === 'corrupted';
}

/** Каталог об этом месте не знает. Описание, принесённое со стороны, само файлом элемента не становится. */
function judgeUnknown({ fileId, place, attr, blob, elsewhere, bytesOnDisk }: Look): Judgement {
  const hint = elsewhere ? '; каталог знает этот файл в другом ведре' : '';
  if (attr.state === 'sound') {
    return { finding: { type: 'orphaned_attr', description: `каталог этого описания не знает${hint}` } };
  }
  if (attr.state === 'damaged') {
    const finding: Finding = { type: 'checksum_mismatch', description: `описание не читается: ${attr.reason}${hint}` };
    if (elsewhere) return { finding };
    return { finding, mark: { file: unreadableFile(fileId, place, bytesOnDisk), sidecar: 'keep' } };
  }
  if (blob.state === 'absent') return {};
  return { finding: { type: 'orphaned_file', description: `содержимое без описания${hint}` }, orphan: true };
}
