// Единственная комната, которая знает пути на диске. Чистые функции: имена складываются, диск не трогается.
import { join } from 'node:path';
import { isFileId } from '../files/file.ts';

/** Где лежит файл: день загрузки и номер ведра в этом дне. */
export interface Place {
  readonly day: string;
  readonly bucket: number;
}

/** В ведре не больше тысячи файлов: каталоги остаются короткими, горячих каталогов мало. */
export const BUCKET_FILES_MAX = 1000;

export interface Layout {
  readonly dataDir: string;
  readonly walDir: string;
  readonly identity: string;
  /** Итог последней сверки. */
  readonly reconcileReport: string;
  readonly lock: string;
  readonly clockMark: string;
  readonly ballast: string;
  readonly files: string;
  readonly staging: string;
  readonly quarantine: string;
  readonly catalogDir: string;
  readonly catalog: string;
  readonly checkpoint: string;
  readonly tornTails: string;
  dayDir(day: string): string;
  bucketDir(place: Place): string;
  blob(place: Place, fileId: string): string;
  attr(place: Place, fileId: string): string;
  staged(name: string): string;
  quarantined(name: string): string;
  segment(sequence: number): string;
}

const DAY_NAME = /^\d{8}$/;
const BUCKET_NAME = /^\d{6,12}$/;
const SEGMENT_NAME = /^wal-([0-9a-f]{12})\.log$/;
const ATTR_SUFFIX = '.attr.json';
const BLOB_SUFFIX = '.bin';

export function createLayout(dataDir: string, walDir: string): Layout {
  const files = join(dataDir, 'files');
  const staging = join(dataDir, 'staging');
  const quarantine = join(dataDir, 'quarantine');
  const catalogDir = join(dataDir, 'catalog');
  const dayDir = (day: string) => join(files, day);
  const bucketDir = (place: Place) => join(files, place.day, String(place.bucket).padStart(6, '0'));
  return {
    dataDir,
    walDir,
    identity: join(dataDir, 'element.json'),
    reconcileReport: join(dataDir, 'reconcile.json'),
    lock: join(dataDir, 'lock.db'),
    clockMark: join(dataDir, 'clock.json'),
    ballast: join(dataDir, 'ballast'),
    files,
    staging,
    quarantine,
    catalogDir,
    catalog: join(catalogDir, 'catalog.db'),
    checkpoint: join(walDir, 'checkpoint.json'),
    tornTails: join(walDir, 'torn'),
    dayDir,
    bucketDir,
    blob: (place, fileId) => join(bucketDir(place), fileId + BLOB_SUFFIX),
    attr: (place, fileId) => join(bucketDir(place), fileId + ATTR_SUFFIX),
    staged: (name) => join(staging, name),
    quarantined: (name) => join(quarantine, name),
    segment: (sequence) => join(walDir, `wal-${sequence.toString(16).padStart(12, '0')}.log`),
  };
}

/** Номер сегмента по имени файла; undefined, если это не сегмент. */
export function segmentSequence(name: string): number | undefined {
  const match = SEGMENT_NAME.exec(name);
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 16);
}

/** Имя дня ли это; чужие имена в files/ движок не трогает. */
export function isDayName(name: string): boolean {
  return DAY_NAME.test(name);
}

/** Номер ведра по имени каталога; undefined, если это не ведро. */
export function bucketNumber(name: string): number | undefined {
  return BUCKET_NAME.test(name) ? Number(name) : undefined;
}

/** Идентификатор файла по имени описания; undefined, если это не описание. */
export function fileIdOfAttr(name: string): string | undefined {
  return fileIdBefore(name, ATTR_SUFFIX);
}

/** То же по имени файла с байтами. */
export function fileIdOfBlob(name: string): string | undefined {
  return fileIdBefore(name, BLOB_SUFFIX);
}

function fileIdBefore(name: string, suffix: string): string | undefined {
  const fileId = name.slice(0, -suffix.length);
  return name.endsWith(suffix) && isFileId(fileId) ? fileId : undefined;
}

/** Место одной строкой, как его помнит каталог. */
export function placeText({ day, bucket }: Place): string {
  return `${day}/${bucket}`;
}

export function parsePlace(text: string): Place {
  const [day = '', bucket = '0'] = text.split('/');
  return { day, bucket: Number(bucket) };
}

/** Имя дня для каталога: ггггммдд по UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
}
