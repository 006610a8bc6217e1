// Раскладка записей журнала по местам: байты и описания. Сброса здесь нет: всё это журнал умеет повторить.
// Что тронуто, запоминается; сбросит контрольная точка.
//
// История сбоев:
//   1. Байты получают имя раньше, чем описание: описание без байтов — тревога, байты без описания — мусор.
//   2. Имя в staging остаётся до контрольной точки. Убрать его раньше нельзя: удаление может дойти до диска,
//      а новое имя — нет, и байты пропадут.
//   3. Повтор после сбоя видит любую смесь прежнего и нового, поэтому сравнивает и доделывает, а не считает,
//      что ничего не было.
//   4. Увиденному при повторе верить нельзя: прежний процесс мог погибнуть от отказа сброса, и тогда ядро показывает
//      байты, которых на диске нет, а новый сброс их не запишет. Поэтому повтор переписывает и то, что выглядит целым.
//   5. Переписывать на месте можно только теми же байтами: под именем файла, загруженного, удалённого и загруженного
//      снова, уже могут лежать байты второго, общие с его именем в staging. Иное имя убирается и даётся заново.
//      Те же байты поверх тех же — в десять раз дешевле: новое имя на занятом месте велит ext4 сразу писать на диск.
import { basename } from 'node:path';
import { AttrDamaged, attrFromJson, attrToJson, sealAttr, unsealAttr } from './attr.ts';
import { type Disk, isCode, isNoSpace } from './disk.ts';
import type { Layout, Place } from './layout.ts';
import type { LogRecord } from './wal-record.ts';
import type { StoredFile } from '../files/file.ts';

/** Что тронуто после прошлой контрольной точки. */
export interface Touched {
  readonly files: Set<string>;
  readonly directories: Set<string>;
  readonly staged: Set<string>;
}

function nothingTouched(): Touched {
  return { files: new Set(), directories: new Set(), staged: new Set() };
}

type PutRecord = Extract<LogRecord, { type: 'put' }>;

export class Applier {
  readonly #disk: Disk;
  readonly #layout: Layout;
  readonly #knownDirectories = new Set<string>();
  #touched = nothingTouched();
  #beingSynced: Touched | undefined;
  /** Записи, чьи байты уже легли: под именем байтов не чужое, даже если занято имя описания. */
  readonly #withBytes = new WeakSet<LogRecord>();
  /** Описанные журналом файлы, чьих байтов повтор не нашёл нигде. */
  readonly lost = new Set<string>();

  constructor(disk: Disk, layout: Layout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** Обычная работа: запись новая, места ещё никто не занимал. Бросает, если место занято или диск отказал. */
  apply(record: LogRecord): void {
    switch (record.type) {
      case 'put':
        this.#placeBytes(record);
        this.#withBytes.add(record);
        this.#writeAttr(record, 'create');
        return;
      case 'patch':
        this.#writeAttr(record, 'replace');
        return;
      case 'mark':
        if (record.sidecar === 'rewrite') this.#writeAttr(record, 'replace');
        return;
      case 'remove':
        this.#remove(record);
        return;
      case 'mode':
    }
  }

  /** Повтор: после сбоя или после нехватки места посреди раскладки. Что уже на месте, остаётся; чего нет, доделывается. */
  redo(record: LogRecord): void {
    switch (record.type) {
      case 'put':
        this.#redoBytes(record);
        this.#redoAttr(record);
        return;
      case 'patch':
        this.#redoAttr(record);
        return;
      case 'mark':
        if (record.sidecar === 'rewrite') this.#redoAttr(record);
        return;
      case 'remove':
        this.lost.delete(record.fileId);
        this.#dropUnfinished(record.place, record.fileId);
        this.#remove(record);
        return;
      case 'mode':
    }
  }

  /** Запись, которой не хватило места, уже не нужна; её имя в staging уберёт контрольная точка. */
  abandon(record: Exclude<LogRecord, { type: 'mode' | 'remove' }>): void {
    if (record.type === 'put' && 'staged' in record.bytes) this.#touched.staged.add(record.bytes.staged);
    this.#dropUnfinished(record.place, record.file.fileId);
  }

  /** Убран файл, которому не нашлось места: могло не найтись и ведру, а несуществующее не сбросить. */
  forgetUnmade(place: Place): void {
    const bucket = this.#layout.bucketDir(place);
    if (this.#disk.list(this.#layout.dayDir(place.day)).includes(basename(bucket))) return;
    this.#touched.directories.delete(bucket);
  }

  /** Отдаёт тронутое тому, кто сбрасывает, и начинает новый счёт. */
  takeTouched(): Touched {
    this.#beingSynced = this.#touched;
    this.#touched = nothingTouched();
    return this.#beingSynced;
  }

  #remove(record: Extract<LogRecord, { type: 'remove' }>): void {
    const blob = this.#layout.blob(record.place, record.fileId);
    const attr = this.#layout.attr(record.place, record.fileId);
    for (const path of [attr, blob]) {
      this.#disk.remove(path);
      this.#touched.files.delete(path);
      this.#beingSynced?.files.delete(path);
    }
    this.#touched.directories.add(this.#layout.bucketDir(record.place));
  }

  #placeBytes({ file, place, bytes }: PutRecord): void {
    this.#openBucket(place);
    const path = this.#layout.blob(place, file.fileId);
    if ('inline' in bytes) {
      this.#disk.writeSmall(path, bytes.inline, 'create');
      this.#touched.files.add(path);
      return;
    }
    this.#disk.link(this.#layout.staged(bytes.staged), path);
    this.#touched.staged.add(bytes.staged);
  }

  /**
   * Под именем нового файла уже лежит чужое: элемент его не знает, значит, принесли со стороны. Уходит в карантин, как
   * любые байты без хозяина; сбросит контрольная точка. Дальше запись раскладывает redo: байты могли уже лечь.
   */
  setAside(record: PutRecord): void {
    const { file, place } = record;
    const attr = this.#layout.attr(place, file.fileId);
    const paths = this.#withBytes.has(record) ? [attr] : [this.#layout.blob(place, file.fileId), attr];
    for (const path of paths) {
      if (this.#disk.sizeOf(path) === undefined) continue;
      this.#disk.link(path, this.#freeQuarantineName(basename(path)));
      this.#disk.remove(path);
    }
    this.#touched.directories.add(this.#layout.quarantine).add(this.#layout.bucketDir(place));
  }

  #freeQuarantineName(name: string): string {
    for (let twin = 0; ; twin += 1) {
      const path = this.#layout.quarantined(`${name}.${twin}`);
      if (this.#disk.sizeOf(path) === undefined) return path;
    }
  }

  #redoBytes(record: PutRecord): void {
    const { file, place, bytes } = record;
    this.#openBucket(place);
    const path = this.#layout.blob(place, file.fileId);
    if ('inline' in bytes) {
      if (this.#overwriteSame(path, bytes.inline)) return;
      this.#disk.remove(path);
      this.#disk.writeSmall(path, bytes.inline, 'create');
      this.#touched.files.add(path);
      return;
    }
    this.#touched.staged.add(bytes.staged);
    const staged = this.#layout.staged(bytes.staged);
    if (this.#disk.sizeOf(staged) === file.size) {
      this.#disk.remove(path);
      this.#disk.link(staged, path);
    } else if (this.#disk.sizeOf(path) !== file.size) {
      this.lost.add(file.fileId);
    }
  }

  #writeAttr({ file, place }: { file: StoredFile; place: Place }, how: 'create' | 'replace'): void {
    const path = this.#layout.attr(place, file.fileId);
    const text = sealAttr(attrToJson(file));
    const written = how === 'create' ? path : `${path}.tmp`;
    try {
      this.#disk.writeSmall(written, text, how);
      if (written !== path) this.#disk.rename(written, path);
    } catch (error) {
      // Половина описания сошла бы за порчу, если каталог строится раньше, чем нашлось место.
      if (isNoSpace(error)) this.#disk.remove(written);
      throw error;
    }
    this.#touched.files.add(path);
    this.#touched.directories.add(this.#layout.bucketDir(place));
  }

  #redoAttr(record: { file: StoredFile; place: Place }): void {
    const { file, place } = record;
    this.#openBucket(place);
    const path = this.#layout.attr(place, file.fileId);
    this.#dropUnfinished(place, file.fileId);
    this.#touched.files.add(path);
    this.#touched.directories.add(this.#layout.bucketDir(place));
    if (this.#overwriteSame(path, Buffer.from(sealAttr(attrToJson(file))))) return;
    if (!isNewer(this.#disk.readSmall(path), file.revision)) this.#writeAttr(record, 'replace');
  }

  /** Прежний запуск мог погибнуть, не успев дать новому описанию имя. */
  #dropUnfinished(place: Place, fileId: string): void {
    this.#disk.remove(`${this.#layout.attr(place, fileId)}.tmp`);
  }

  /** Пишет те же байты поверх тех же, чтобы новый сброс их записал; false — под этим именем другое или ничего. */
  #overwriteSame(path: string, bytes: Uint8Array): boolean {
    if (this.#disk.sizeOf(path) !== bytes.byteLength || !this.#holds(path, bytes)) return false;
    this.#disk.overwrite(path, bytes);
    this.#touched.files.add(path);
    return true;
  }

  #holds(path: string, bytes: Uint8Array): boolean {
    try {
      return this.#disk.readSmall(path)?.equals(bytes) === true;
    } catch (error) {
      // Прежнее не читается: новое имя его вылечит.
      if (isCode(error, 'EIO')) return false;
      throw error;
    }
  }

  /** Создаёт каталоги дня и ведра; их имена сбросит контрольная точка. */
  #openBucket(place: Place): void {
    const bucket = this.#layout.bucketDir(place);
    if (!this.#knownDirectories.has(bucket)) {
      this.#disk.makeDirectory(bucket);
      this.#knownDirectories.add(bucket);
      this.#touched.directories.add(this.#layout.files).add(this.#layout.dayDir(place.day));
    }
    this.#touched.directories.add(bucket);
  }
}

/**
 * Описание на диске целое и новее revision. Обычно это ничего не решает: до записи, которая его оставила, повтор ещё
 * дойдёт. Решает, когда её в журнале нет, — журнал вернули из копии: правку, которой он не знает, откатить нельзя.
 */
function isNewer(bytes: Buffer | undefined, revision: number): boolean {
  if (bytes === undefined) return false;
  try {
    return attrFromJson(unsealAttr(bytes.toString('utf8'))).revision > revision;
  } catch (error) {
    if (error instanceof AttrDamaged) return false;
    throw error;
  }
}
