// Вёдра: куда ляжет следующий файл. Ведро наполняется до тысячи и сменяется следующим.
import type { Disk } from './disk.ts';
import { BUCKET_FILES_MAX, bucketNumber, dayOf, fileIdOfAttr, type Layout, type Place } from './layout.ts';

export class Buckets {
  readonly #disk: Disk;
  readonly #layout: Layout;
  #day = '';
  #bucket = 0;
  #files = 0;

  constructor(disk: Disk, layout: Layout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** Место для файла, загруженного в этот миг. */
  next(nowMs: number): Place {
    const day = dayOf(nowMs);
    if (day !== this.#day) this.#openDay(day);
    if (this.#files >= BUCKET_FILES_MAX) {
      this.#bucket += 1;
      this.#files = 0;
    }
    this.#files += 1;
    return { day, bucket: this.#bucket };
  }

  /** День мог начаться до перезапуска: продолжаем его последнее ведро. */
  #openDay(day: string): void {
    const buckets = this.#disk.list(this.#layout.dayDir(day)).flatMap((name) => bucketNumber(name) ?? []);
    this.#day = day;
    this.#bucket = Math.max(0, ...buckets);
    const names = this.#disk.list(this.#layout.bucketDir({ day, bucket: this.#bucket }));
    this.#files = names.filter((name) => fileIdOfAttr(name) !== undefined).length;
  }
}
