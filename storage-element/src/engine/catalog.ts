// Каталог: указатель описаний в SQLite. Всё, кроме надгробий ленты, выводится из attr.json,
// поэтому каталог можно потерять; истина — рядом с файлами.
//
// Долговечность каталога держит журнал: записи после контрольной точки повторяются по revision,
// поэтому здесь synchronous=NORMAL, а сброс делает контрольная точка. По той же причине записи журнала вносятся в
// открытую транзакцию: это соединение их видит сразу, а закрепляются они пачкой.
//
// Длиннее трёхсот строк: запись, счёт и чтение держат одно состояние (totals) и одну транзакцию.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ArtError } from '@artstore/contracts';
import type { StoredFile, StoredStatus } from '../files/file.ts';
import { attrFromTrustedJson, attrToJson } from './attr.ts';
import { DamagedAttrs } from './catalog-damaged.ts';
import { DueQueue, dueAtOf } from './catalog-due.ts';
import { unlessFull } from './catalog-full.ts';
import { type PageCounts, type PageOrder, pageQuery } from './catalog-page.ts';
import { isNoSpace } from './disk.ts';
import { openSchema } from './catalog-schema.ts';
import { Tombstones } from './catalog-tombstones.ts';
import { VerifiedIndex } from './catalog-verified.ts';
import { type Place, parsePlace, placeText } from './layout.ts';
import { prepareOnce } from './prepare-once.ts';
import type { LogRecord, RemoveReason } from './wal-record.ts';
import { revisionOf } from './wal-record.ts';

export interface CatalogEntry {
  readonly file: StoredFile;
  readonly place: Place;
}

export type Change =
  | { readonly type: 'upsert'; readonly revision: number; readonly fileId: string; readonly file: StoredFile }
  | {
      readonly type: 'remove';
      readonly revision: number;
      readonly fileId: string;
      readonly reason: RemoveReason;
      readonly removedAt: string;
    };

export interface StatusTotals {
  files: number;
  bytes: number;
}

const SQLITE_CONSTRAINT_UNIQUE = 2067;
/** Закрепить столько занимает главный поток на пару миллисекунд; больше — дольше, а выигрыш уже мал. */
const RECORDS_PER_COMMIT = 256;
const CACHE_KIB = 32 << 10;
/** Незакреплённое на диск не выносится: внести запись можно и на полном. */
const SPILL_OFF = 'PRAGMA cache_spill = OFF';
const BULK_CACHE_KIB = 128 << 10;
const STATUSES: readonly StoredStatus[] = ['active', 'expired', 'deleted', 'corrupted', 'missing'];

interface FileRow {
  file_id: string;
  place: string;
  status: StoredStatus;
  size: number;
  due_at: string | null;
  revision: number;
  attr: string;
}

export class Catalog {
  readonly #db: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #byId: StatementSync;
  readonly #delete: StatementSync;
  readonly #setFact: StatementSync;
  readonly #damaged: DamagedAttrs;
  readonly #sql: (text: string) => StatementSync;
  readonly #verified: VerifiedIndex;
  readonly #totals = new Map<StoredStatus, StatusTotals>();
  /** Истёкшие и не записанные истёкшими к мигу iso: сосчитаны однажды, дальше прибавляются только новые. */
  #lapsedBy: { readonly iso: string; readonly totals: StatusTotals } | undefined;
  readonly #tombstones: Tombstones;
  readonly #dueQueue: DueQueue;
  readonly #makeRoom: () => boolean;
  readonly isAlone: boolean;
  #applied = 0;
  /** Внесены в открытую транзакцию, но не закреплены. Закрепит число, чужая транзакция или сброс: часы здесь не нужны. */
  #pending: LogRecord[] = [];
  /** Закрепить не хватило места: пробует снова только контрольная точка. */
  #full: unknown;
  /** Перемена отменена, и помнимое здесь с базой уже не сходится. */
  #isStale = false;

  /**
   * at — файл базы, ':memory:' или открытая база. makeRoom освобождает место на полном диске; false — нечего.
   * isAlone — других соединений у базы нет и быть не может.
   * Бросает, если база не читается: тогда её строят заново.
   */
  constructor(at: string | DatabaseSync, makeRoom: () => boolean = () => false, isAlone = false) {
    this.isAlone = isAlone;
    this.#makeRoom = makeRoom;
    this.#db = typeof at === 'string' ? new DatabaseSync(at) : at;
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;');
    this.#db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY; ${SPILL_OFF}`);
    openSchema(this.#db);
    this.#sql = prepareOnce(this.#db);
    this.#upsert = this.#db.prepare(
      `INSERT INTO files (file_id, place, status, size, expires_at, due_at, revision, attr, verified_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (file_id) DO UPDATE SET place = excluded.place, status = excluded.status, size = excluded.size,
         expires_at = excluded.expires_at, due_at = excluded.due_at, revision = excluded.revision, attr = excluded.attr`,
    );
    this.#byId = this.#db.prepare(
      'SELECT file_id, place, status, size, due_at, revision, attr FROM files WHERE file_id = ?',
    );
    this.#delete = this.#db.prepare('DELETE FROM files WHERE file_id = ?');
    this.#setFact = this.#db.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)');
    this.#damaged = new DamagedAttrs(this.#db);
    this.#tombstones = new Tombstones(this.#db);
    this.#dueQueue = new DueQueue(this.#db);
    this.#verified = new VerifiedIndex(this.#db);
    this.recount();
  }

  /**
   * Вспоминает всё по базе: её пополнили другим соединением или перемена отменена. На миллион файлов — около 0,1 с по
   * узкому индексу.
   */
  recount(): void {
    const applied = Number(this.fact('applied_revision') ?? 0);
    const rows = this.#sql('SELECT status, count(*) AS files, sum(size) AS bytes FROM files GROUP BY status').all();
    // Диск отказал выше — прежнее не тронуто: нули сошли бы за пустой элемент.
    this.#applied = applied;
    this.#lapsedBy = undefined;
    this.#tombstones.reload();
    for (const status of STATUSES) this.#totals.set(status, { files: 0, bytes: 0 });
    for (const row of rows as unknown as { status: StoredStatus; files: number; bytes: number }[]) {
      this.#totals.set(row.status, { files: row.files, bytes: row.bytes });
    }
  }

  /** Зовётся раньше всякого чтения: без незакреплённого подтверждённый файл выглядел бы ненайденным. */
  #requireWhole(): void {
    try {
      this.#restore();
    } catch (cause) {
      throw new ArtError('NOT_READY', { cause });
    }
  }

  /**
   * После отмены перечитывает базу и вносит незакреплённое заново; не вышло — бросает, и следующий зов пробует снова.
   * Отказ диска отменяет открытую транзакцию и тогда, когда отказало простое чтение: об этом говорит только isTransaction.
   */
  #restore(): void {
    if (!this.#isStale && (this.#pending.length === 0 || this.#db.isTransaction)) return;
    this.#undo();
    this.recount();
    if (this.#pending.length > 0) {
      this.#db.exec('BEGIN IMMEDIATE');
      this.#applyAll(this.#pending);
    }
    this.#isStale = false;
  }

  get damaged(): DamagedAttrs {
    this.#requireWhole();
    return this.#damaged;
  }

  get verified(): VerifiedIndex {
    this.#requireWhole();
    return this.#verified;
  }

  /** Очередь сборщика. */
  get dueQueue(): DueQueue {
    this.#requireWhole();
    return this.#dueQueue;
  }

  fact(name: string): string | undefined {
    const row = this.#sql('SELECT value FROM facts WHERE name = ?').get(name);
    return row === undefined ? undefined : String(row.value);
  }

  setFact(name: string, value: string): void {
    this.transaction(() => this.#setFact.run(name, value));
  }

  /** До какой revision каталог дошёл. */
  get appliedRevision(): number {
    this.#requireWhole();
    return this.#applied;
  }

  /** Вносит записи журнала все или ни одной; уже внесённые пропускает, поэтому повтор безвреден. Места на диске не просит. */
  apply(records: readonly LogRecord[]): void {
    if (records.length === 0) return;
    this.#restore();
    this.#orUndo(() => {
      if (!this.#db.isTransaction) this.#db.exec('BEGIN IMMEDIATE');
      this.#applyAll(records);
    });
    // Байты файлов каталогу не нужны, и держать их незачем.
    for (const record of records) {
      this.#pending.push(record.type === 'put' ? { type: 'patch', file: record.file, place: record.place } : record);
    }
    if (this.#pending.length < RECORDS_PER_COMMIT || this.#full !== undefined) return;
    try {
      this.commit();
    } catch (error) {
      if (!isNoSpace(error)) throw error;
    }
  }

  /**
   * Закрепляет внесённое: его увидят и другие соединения. Не вышло — бросает, а записи по-прежнему видны здесь:
   * потеряются — журнал повторит.
   */
  commit(): void {
    if (this.#pending.length === 0) return;
    try {
      unlessFull(this.#db, this.#makeRoom, () => {
        this.#restore();
        this.#orUndo(() => {
          this.#setFact.run('applied_revision', String(this.#applied));
          this.#db.exec('COMMIT');
        });
      });
      this.#pending = [];
      this.#full = undefined;
    } catch (error) {
      if (isNoSpace(error)) this.#full = error;
      throw error;
    }
  }

  #applyAll(records: readonly LogRecord[]): void {
    for (const record of records) this.#applyOne(record);
    const last = records.at(-1);
    if (last) this.#applied = Math.max(this.#applied, revisionOf(last));
  }

  /** Каталог дошёл до revision. */
  advance(revision: number): void {
    this.#restore();
    if (revision <= this.#applied) return;
    this.setFact('applied_revision', String(revision));
    this.#applied = revision;
  }

  #applyOne(record: LogRecord): void {
    switch (record.type) {
      case 'put':
      case 'patch':
        this.upsert(record);
        return;
      case 'mark':
        this.upsert(record);
        if (record.sidecar === 'keep') this.#damaged.mark(record.file.fileId, record.place);
        else this.#damaged.clear(record.file.fileId);
        return;
      case 'remove': {
        const known = this.#row(record.fileId);
        if (known && known.revision < record.revision) {
          this.#count(known, -1);
          this.#forgetLapsed(known.due_at);
          this.#delete.run(record.fileId);
          this.#damaged.clear(record.fileId);
        }
        this.#tombstones.bury(record);
        return;
      }
      case 'mode':
    }
  }

  /** Вносит файл, если известная запись о нём не новее. */
  upsert({ file, place }: CatalogEntry): void {
    const known = this.#row(file.fileId);
    if (known && known.revision > file.revision) return;
    const { fileId, status, size, expiresAt, revision } = file;
    const uploadedMs = Date.parse(file.uploadedAt);
    const due = dueAtOf(file);
    this.#upsert.run(fileId, placeText(place), status, size, expiresAt, due, revision, attrToJson(file), uploadedMs);
    this.#forgetLapsed(due);
    if (known) this.#forgetLapsed(known.due_at);
    if (known) this.#count(known, -1);
    this.#count(file, 1);
  }

  /** То же при обходе описаний; false, если revision занята другим файлом: такое описание сюда принесли со стороны. */
  tryUpsert(entry: CatalogEntry): boolean {
    try {
      this.upsert(entry);
      return true;
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_CONSTRAINT_UNIQUE) return false;
      throw error;
    }
  }

  #count(file: { status: StoredStatus; size: number }, sign: 1 | -1): void {
    const totals = this.#totals.get(file.status);
    if (!totals) return;
    totals.files += sign;
    totals.bytes += sign * file.size;
  }

  #row(fileId: string): FileRow | undefined {
    return this.#byId.get(fileId) as FileRow | undefined;
  }

  get(fileId: string): CatalogEntry | undefined {
    this.#requireWhole();
    const row = this.#row(fileId);
    return row && { file: attrFromTrustedJson(row.attr), place: parsePlace(row.place) };
  }

  /**
   * Страница по file_id. after — ключ последней виденной записи; без него действует offset.
   * status 'expired' и 'active' учитывают срок, истёкший к nowIso, хотя сборщик его ещё не записал.
   */
  list(page: PageOrder): {
    items: StoredFile[];
    total: number;
  } {
    this.#requireWhole();
    const counts = this.#pageCounts(page);
    const { text, values } = pageQuery(page, counts);
    const rows = this.#sql(text).all(values);
    return { items: rows.map((row) => attrFromTrustedJson(String(row.attr))), total: counts.total };
  }

  #pageCounts({ status, nowIso }: { status?: StoredStatus; nowIso: string }): PageCounts {
    const active = this.#totals.get('active')?.files ?? 0;
    if (status !== 'active' && status !== 'expired') {
      const counted = status === undefined ? [...this.#totals.values()] : [this.#totals.get(status)];
      return { total: counted.reduce((sum, totals) => sum + (totals?.files ?? 0), 0), active, lapsed: 0 };
    }
    const lapsed = this.#lapsed(nowIso).files;
    const total = status === 'active' ? active - lapsed : (this.#totals.get('expired')?.files ?? 0) + lapsed;
    return { total, active, lapsed };
  }

  /** Файлы, срок которых истёк к nowIso, а запись об этом ещё не сделана. */
  #lapsed(nowIso: string): StatusTotals {
    const known = this.#lapsedBy;
    const from = known === undefined || known.iso > nowIso ? { iso: '', totals: { files: 0, bytes: 0 } } : known;
    const added = this.#dueQueue.totals('active', nowIso, from.iso);
    const totals = { files: from.totals.files + added.files, bytes: from.totals.bytes + added.bytes };
    this.#lapsedBy = { iso: nowIso, totals };
    return totals;
  }

  /** Переменился файл с этим сроком: если он мог быть сосчитан истёкшим, счёт начнётся заново. */
  #forgetLapsed(dueAt: string | null): void {
    if (dueAt !== null && this.#lapsedBy !== undefined && dueAt <= this.#lapsedBy.iso) this.#lapsedBy = undefined;
  }

  /** Сколько файлов и байт в каждом состоянии к nowIso. */
  totals(nowIso: string): Record<StoredStatus, StatusTotals> {
    this.#requireWhole();
    const lapsed = this.#lapsed(nowIso);
    const at = (status: StoredStatus, sign: 1 | 0 | -1): StatusTotals => {
      const written = this.#totals.get(status) ?? { files: 0, bytes: 0 };
      return { files: written.files + sign * lapsed.files, bytes: written.bytes + sign * lapsed.bytes };
    };
    return {
      active: at('active', -1),
      expired: at('expired', 1),
      deleted: at('deleted', 0),
      corrupted: at('corrupted', 0),
      missing: at('missing', 0),
    };
  }

  /** Байты всех файлов, и тех, что ждут удаления: место они занимают. */
  get storedBytes(): number {
    this.#requireWhole();
    return [...this.#totals.values()].reduce((sum, totals) => sum + totals.bytes, 0);
  }

  /** Сколько надгробий помнит лента; счёт не бесплатен: не чаще опроса метрик. */
  get tombstoneCount(): number {
    this.#requireWhole();
    return this.#tombstones.count;
  }

  /** Перемены после revision по порядку: нынешний вид файлов и надгробия. */
  changes(after: number, limit: number): Change[] {
    this.#requireWhole();
    const upserts = this.#sql('SELECT revision, attr FROM files WHERE revision > ? ORDER BY revision LIMIT ?')
      .all(after, limit)
      .map((row): Change => {
        const file = attrFromTrustedJson(String(row.attr));
        return { type: 'upsert', revision: file.revision, fileId: file.fileId, file };
      });
    return [...upserts, ...this.#tombstones.after(after, limit)]
      .sort((a, b) => a.revision - b.revision)
      .slice(0, limit);
  }

  /** До какой revision надгробия забыты: копия, снятая раньше неё, об удалённых уже не узнает. */
  get historyFrom(): number {
    this.#requireWhole();
    return this.#tombstones.historyFrom;
  }

  /**
   * Забывает самые старые надгробия: не новее untilIso, не больше limit за раз. Надгробия и отметка, до которой
   * история неполна, меняются одной транзакцией: после сбоя верны либо обе, либо ни одна.
   */
  forgetTombstones(untilIso: string, limit: number): number {
    let count = 0;
    this.unlessNoSpace(() => {
      count = this.#tombstones.forget(untilIso, limit);
    });
    return count;
  }

  /** Время последней перемены, о которой говорит само описание; undefined, если файлов нет. */
  get lastChangeMs(): number | undefined {
    this.#requireWhole();
    const row = this.#db.prepare('SELECT attr FROM files ORDER BY revision DESC LIMIT 1').get();
    if (row === undefined) return undefined;
    const file = attrFromTrustedJson(String(row.attr));
    return Math.max(Date.parse(file.uploadedAt), Date.parse(file.deletedAt ?? file.uploadedAt));
  }

  /** Дальше вносится много файлов подряд: указатель по состоянию, самый дорогой при вставке вразброс, строится в конце. */
  beginBulk(): void {
    this.#db.exec(
      `PRAGMA cache_size = -${BULK_CACHE_KIB}; PRAGMA cache_spill = ON; DROP INDEX IF EXISTS files_by_status`,
    );
  }

  endBulk(): void {
    openSchema(this.#db);
    this.#db.exec(`PRAGMA cache_size = -${CACHE_KIB}; ${SPILL_OFF}`);
  }

  /** То, без чего можно обойтись: на полном диске теряется. */
  unlessNoSpace(work: () => void): void {
    try {
      this.transaction(work);
    } catch (error) {
      if (!isNoSpace(error)) throw error;
    }
  }

  /** Всё или ничего, и сразу закреплено. На полном диске освобождает место и повторяет; места всё нет — бросает. */
  transaction(work: () => void): void {
    if (this.#full !== undefined) throw this.#full;
    this.commit();
    unlessFull(this.#db, this.#makeRoom, () => {
      this.#restore();
      this.#transact(work);
    });
  }

  #transact(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    this.#orUndo(() => {
      work();
      this.#db.exec('COMMIT');
    });
  }

  #orUndo(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#undo();
      throw error;
    }
  }

  /** При нехватке места и отказе диска SQLite отменяет запись сама. Перечитает следующий зов: наружу идёт первая причина. */
  #undo(): void {
    this.#isStale = true;
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
  }

  /**
   * Сбрасывает каталог на диск: контрольная точка может идти дальше. Всё записанное до вызова после него долговечно.
   * Если перед этим журнал базы перенёс поток каталога, здесь остаётся немногое. Бросает, если на диске нет места.
   */
  sync(): void {
    this.commit();
    unlessFull(this.#db, this.#makeRoom, () => this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  }

  /** Незакреплённое теряется: журнал повторит. */
  close(): void {
    this.#pending = [];
    this.#db.close();
  }
}
