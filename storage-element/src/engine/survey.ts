// Что на самом деле лежит на диске: вёдра, имена, описания, длины. Нужно сверке; движок в работе сюда не смотрит.
// Ничего не удаляет: единственная перемена — перенос в карантин.
import { AttrDamaged, attrFromJson, unsealAttr } from './attr.ts';
import type { Catalog } from './catalog.ts';
import { type Disk, type DiskFile, isCode, replaceDurably } from './disk.ts';
import { readIdentity } from './element-identity.ts';
import { bucketNumber, fileIdOfAttr, fileIdOfBlob, isDayName, type Layout, type Place, placeText } from './layout.ts';
import type { StoredFile } from '../files/file.ts';

/** Каталог данных пропал или подменён: по тому, что видно, судить нельзя. */
export class DataDirectoryGone extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`каталог данных не тот или не весь: ${reason}`, cause === undefined ? undefined : { cause });
    this.name = 'DataDirectoryGone';
  }
}

export type AttrFound =
  | { readonly state: 'sound'; readonly file: StoredFile }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly reason: string };

/** Описание не бывает длиннее: метаданные до 8 КиБ, остальное — строки с пределами. */
const ATTR_BYTES_MAX = 1 << 20;
/** Столько одноимённых может лежать в карантине. */
const QUARANTINE_TWINS_MAX = 1000;
/** Столько записей каталога правится разом: главный поток занят десятки миллисекунд. */
const CLAMP_BATCH = 1000;

export class Survey {
  readonly #disk: Disk;
  readonly #layout: Layout;
  readonly #catalog: Catalog;
  readonly #storageId: string;

  constructor(room: { disk: Disk; layout: Layout; catalog: Catalog; storageId: string }) {
    this.#disk = room.disk;
    this.#layout = room.layout;
    this.#catalog = room.catalog;
    this.#storageId = room.storageId;
  }

  /** Бросает DataDirectoryGone, если element.json пропал или чужой либо нет files/. */
  checkHome(): void {
    let owner: string | undefined;
    try {
      owner = readIdentity(this.#disk, this.#layout)?.storageId;
    } catch (cause) {
      throw new DataDirectoryGone('element.json не читается', cause);
    }
    if (owner === undefined) throw new DataDirectoryGone('element.json пропал');
    if (owner !== this.#storageId) throw new DataDirectoryGone(`element.json принадлежит элементу ${owner}`);
    if (!this.#disk.list(this.#layout.dataDir).includes('files')) throw new DataDirectoryGone('files/ пропал');
  }

  /** Вёдра на диске и в каталоге, по порядку. Чужие имена не считаются. */
  places(): Place[] {
    const found = new Map(this.#catalog.verified.places().map((place) => [placeText(place), place]));
    for (const day of this.#disk.list(this.#layout.files).filter(isDayName)) {
      for (const bucket of this.#bucketsOf(day)) found.set(placeText({ day, bucket }), { day, bucket });
    }
    return [...found.values()].sort((a, b) => (a.day === b.day ? a.bucket - b.bucket : a.day < b.day ? -1 : 1));
  }

  #bucketsOf(day: string): number[] {
    try {
      return this.#disk.list(this.#layout.dayDir(day)).flatMap((name) => bucketNumber(name) ?? []);
    } catch (error) {
      if (isCode(error, 'ENOTDIR')) return [];
      throw error;
    }
  }

  hasBucket(place: Place): boolean {
    return this.#bucketsOf(place.day).includes(place.bucket);
  }

  /** О каких файлах говорит ведро: имена на диске и записи каталога вместе. */
  fileIdsIn(place: Place): Set<string> {
    const ids = new Set(this.#catalog.verified.fileIdsIn(place));
    for (const name of this.#disk.list(this.#layout.bucketDir(place))) {
      const fileId = fileIdOfAttr(name) ?? fileIdOfBlob(name);
      if (fileId !== undefined) ids.add(fileId);
    }
    return ids;
  }

  /** Читает описание. EIO — тоже порча: прочесть его нельзя. Прочие ошибки бросает. */
  async readAttr(place: Place, fileId: string): Promise<AttrFound> {
    try {
      const bytes = await this.#readSmall(this.#layout.attr(place, fileId));
      if (bytes === undefined) return { state: 'absent' };
      const file = attrFromJson(unsealAttr(bytes.toString('utf8')));
      if (file.fileId !== fileId) throw new AttrDamaged('идентификатор не тот, что в имени файла');
      return { state: 'sound', file };
    } catch (error) {
      if (!(error instanceof AttrDamaged) && !isCode(error, 'EIO')) throw error;
      return { state: 'damaged', reason: error instanceof AttrDamaged ? error.message : 'EIO' };
    }
  }

  /** Не readSmall диска: тот синхронный, а на холодном диске каждое такое чтение задержало бы всех. */
  async #readSmall(path: string): Promise<Buffer | undefined> {
    const file = await this.#openIfThere(path);
    if (file === undefined) return undefined;
    try {
      const size = await file.size();
      if (size > ATTR_BYTES_MAX) throw new AttrDamaged(`описание длиной ${size} байт`);
      const bytes = Buffer.alloc(size);
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  }

  /** Итог последней сверки, переживший перезапуск; undefined, если его нет. */
  readReport(): string | undefined {
    return this.#disk.readSmall(this.#layout.reconcileReport)?.toString('utf8');
  }

  async writeReport(text: string): Promise<void> {
    this.checkHome();
    await replaceDurably(this.#disk, this.#layout.reconcileReport, text);
  }

  /** Байты этих файлов проверены сейчас. Забыть об этом при сбое не страшно: проверят ещё раз. */
  noteVerified(fileIds: readonly string[], nowMs: number): void {
    this.#catalog.unlessNoSpace(() => this.#catalog.verified.touch(fileIds, nowMs));
  }

  /**
   * Проверенное в будущем — след переведённых часов: считается проверенным в atMs, иначе до него не дошло бы годами.
   * Правит не больше пачки; false, если такого не осталось или на диске нет места.
   */
  forgetFutureChecks(nowMs: number, atMs: number): boolean {
    let count = 0;
    this.#catalog.unlessNoSpace(() => {
      count = this.#catalog.verified.clampFuture(nowMs, atMs, CLAMP_BATCH);
    });
    return count === CLAMP_BATCH;
  }

  /** Байты с диска, а не из открытого раньше: под именем могли оказаться другие. undefined, если их нет. */
  openBlob(place: Place, fileId: string): Promise<DiskFile | undefined> {
    return this.#openIfThere(this.#layout.blob(place, fileId));
  }

  /** Длина байтов на диске; undefined, если их нет. */
  async blobSize(place: Place, fileId: string): Promise<number | undefined> {
    const file = await this.openBlob(place, fileId);
    if (file === undefined) return undefined;
    try {
      return await file.size();
    } finally {
      await file.close();
    }
  }

  async #openIfThere(path: string): Promise<DiskFile | undefined> {
    try {
      return await this.#disk.open(path, 'read');
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /**
   * Переносит байты без описания в карантин и возвращает новое имя. Сначала второе имя и его сброс, потом уходит первое:
   * в любой миг хотя бы одно долговечно. Занятое имя не перекрывается.
   */
  async quarantine(place: Place, fileId: string): Promise<string> {
    const from = this.#layout.blob(place, fileId);
    for (let twin = 0; twin < QUARANTINE_TWINS_MAX; twin += 1) {
      const name = `${place.day}-${place.bucket}-${fileId}${twin === 0 ? '' : `.${twin}`}.bin`;
      try {
        this.#disk.link(from, this.#layout.quarantined(name));
      } catch (error) {
        if (isCode(error, 'EEXIST')) continue;
        throw error;
      }
      await this.#disk.syncDirectory(this.#layout.quarantine);
      this.#disk.remove(from);
      await this.#disk.syncDirectory(this.#layout.bucketDir(place));
      return name;
    }
    throw new Error(`в карантине уже ${QUARANTINE_TWINS_MAX} файлов ${fileId}`);
  }
}
