// Проверка проверки: движок, из которого вынута одна опора, обязан попасться. Опоры вынимаются при загрузке модулей:
// текст движка меняется в памяти, на диске он прежний, и никакой выключатель в нём для этого не нужен.
import { registerHooks } from 'node:module';

export interface Mutant {
  /** Какой опоры нет. */
  readonly name: string;
  /** Путь от storage-element/src. */
  readonly file: string;
  /** Кусок текста, который в файле обязан быть ровно один. */
  readonly from: string;
  readonly to: string;
  /** Зерно, на котором он попадался, и, если это был отказ диска, номер отказа: с них поиск начинается. */
  readonly seen: readonly [seed: number, fault?: number];
  /** Ловится на диске, полном надолго. */
  readonly fullDisk?: true;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'кадр журнала не сброшен',
    file: 'engine/wal.ts',
    from: 'await file.datasync();\n    this.#hooks',
    to: 'this.#hooks',
    seen: [1],
  },
  {
    name: 'имена в staging не сброшены',
    file: 'engine/wal.ts',
    from: 'await this.#disk.syncDirectory(this.#layout.staging);',
    to: '',
    seen: [3],
  },
  {
    name: 'имя сегмента не сброшено',
    file: 'engine/wal.ts',
    from: 'await this.#disk.syncDirectory(this.#layout.walDir);',
    to: '',
    seen: [4],
  },
  {
    name: 'сегменты переиспользованы до контрольной точки',
    file: 'engine/wal.ts',
    from: 'this.#segments.push(this.#nextSegment);',
    to: 'this.#spare.push(...this.#segments.splice(0)); this.#segments.push(this.#nextSegment);',
    seen: [10],
  },
  {
    name: 'байты загрузки не сброшены',
    file: 'engine/staged-file.ts',
    from: 'await datasync(this.#file);\n',
    to: '',
    seen: [1],
  },
  {
    name: 'файлы не сброшены',
    file: 'engine/placer.ts',
    from: 'await syncAll([...touched.files], signal, (path) => syncUnlessRemoved(disk, path, touched));',
    to: '',
    seen: [1],
  },
  {
    name: 'каталоги не сброшены',
    file: 'engine/placer.ts',
    from: 'await syncAll([...touched.directories], signal, (path) => syncUnlessGone(disk, path));',
    to: '',
    seen: [1],
  },
  {
    name: 'режим не записан',
    file: 'engine/checkpoint.ts',
    from: 'if (room.changedIdentity !== undefined) await writeIdentity(disk, layout, room.changedIdentity);',
    to: '',
    seen: [4],
  },
  {
    name: 'указатель не сброшен',
    file: 'engine/checkpoint.ts',
    from: 'room.catalog.sync();',
    to: '',
    seen: [1],
  },
  {
    name: 'указатель сброшен без внесённого, но не закреплённого',
    file: 'engine/catalog.ts',
    from: "this.commit();\n    unlessFull(this.#db, this.#makeRoom, () => this.#db.exec('PRAGMA wal_checkpoint",
    to: "unlessFull(this.#db, this.#makeRoom, () => this.#db.exec('PRAGMA wal_checkpoint",
    seen: [1],
  },
  {
    name: 'точка записана раньше сбросов',
    file: 'engine/checkpoint.ts',
    from: 'const flushed = await room.placer.flush(room.signal);',
    to: 'await writeCheckpoint(disk, layout, room.storageId, at); const flushed = await room.placer.flush(room.signal);',
    seen: [1],
  },
  {
    name: 'имена в staging убраны раньше точки',
    file: 'engine/checkpoint.ts',
    from: 'room.catalog.sync();',
    to: 'room.catalog.sync(); for (const name of flushed.staged) disk.remove(layout.staged(name));',
    seen: [5],
  },
  {
    name: 'сегменты отпущены раньше точки',
    file: 'engine/checkpoints.ts',
    from: 'const startedAt = monotonicMs();',
    to: 'const startedAt = monotonicMs(); wal.releaseBefore(wal.applied);',
    seen: [28],
  },
  {
    name: 'место точки взято после сбросов',
    file: 'engine/checkpoints.ts',
    from: 'const position = wal.applied;',
    to: 'const position = { get segment() { return wal.applied.segment; }, get offset() { return wal.applied.offset; }, get frame() { return wal.applied.frame; }, get revision() { return wal.applied.revision; }, get salt() { return wal.applied.salt; } };',
    seen: [3],
  },
  {
    name: 'заменяющий файл не сброшен до переименования',
    file: 'engine/disk.ts',
    from: 'await disk.syncFile(fresh);',
    to: '',
    seen: [1],
  },
  {
    name: 'переименование не сброшено',
    file: 'engine/disk.ts',
    from: 'await disk.syncDirectory(dirname(path));',
    to: '',
    seen: [1],
  },
  {
    name: 'сумма записей не сверена',
    file: 'engine/wal-record.ts',
    from: 'if (crc32(payload) !== header.payloadCrc) return undefined;',
    to: '',
    seen: [29],
  },
  {
    name: 'последний кадр не закреплён до раскладки',
    file: 'engine/read-log.ts',
    from: 'await rewrite(disk, layout, held);',
    to: '',
    seen: [8],
  },
  {
    name: 'повтор пишет на место общих байтов',
    file: 'engine/apply-records.ts',
    from: "this.#disk.remove(path);\n      this.#disk.writeSmall(path, bytes.inline, 'create');",
    to: "this.#disk.writeSmall(path, bytes.inline, 'replace');",
    seen: [5],
  },
  {
    name: 'удаление имён не сбрасывается',
    file: 'engine/apply-records.ts',
    from: 'this.#disk.remove(path);\n      this.#touched.files.delete(path);\n      this.#beingSynced?.files.delete(path);\n    }\n    this.#touched.directories.add(this.#layout.bucketDir(record.place));',
    to: 'this.#disk.remove(path);\n      this.#touched.files.delete(path);\n      this.#beingSynced?.files.delete(path);\n    }',
    seen: [52],
  },
  {
    name: 'имена новых дней не сбрасываются',
    file: 'engine/apply-records.ts',
    from: 'this.#touched.directories.add(this.#layout.files).add(this.#layout.dayDir(place.day));',
    to: '',
    seen: [1],
  },
  {
    name: 'удалённый файл остаётся в списке к сбросу',
    file: 'engine/apply-records.ts',
    from: 'this.#beingSynced?.files.delete(path);',
    to: '',
    seen: [12],
  },
  {
    name: 'каталоги над элементом не сброшены',
    file: 'engine/recovery.ts',
    from: 'await syncAncestors(disk, layout.dataDir);\n  await syncAncestors(disk, layout.walDir);',
    to: '',
    seen: [1],
  },
  {
    name: 'эпоха прежняя, хотя история потеряна',
    file: 'engine/recovery.ts',
    from: 'identity = { ...identity, epoch: rebuilt.epoch };',
    to: '',
    seen: [5],
  },
  {
    name: 'брошенное в staging не убрано',
    file: 'engine/recovery.ts',
    from: 'if (!awaited.has(name)) disk.remove(layout.staged(name));',
    to: 'void name;',
    seen: [1],
  },
  {
    name: 'при запуске убрано и то в staging, чего ждёт журнал',
    file: 'engine/recovery.ts',
    from: 'if (!awaited.has(name)) disk.remove',
    to: 'disk.remove',
    seen: [12],
  },
  {
    name: 'замка на файл нет',
    file: 'engine/locks.ts',
    from: 'await before;',
    to: '',
    seen: [2],
  },
  {
    name: 'знакомый файл не узнан под замком',
    file: 'files/put-file.ts',
    from: 'const known = locked.current();',
    to: 'const known = undefined as ReturnType<typeof locked.current>;',
    seen: [1],
  },
  {
    name: 'повтор верит увиденным байтам',
    file: 'engine/apply-records.ts',
    from: 'if (this.#overwriteSame(path, bytes.inline)) return;',
    to: 'if (this.#holds(path, bytes.inline)) return;',
    seen: [3, 48],
  },
  {
    name: 'повтор верит увиденному описанию',
    file: 'engine/apply-records.ts',
    from: 'if (this.#overwriteSame(path, Buffer.from(sealAttr(attrToJson(file))))) return;',
    to: 'if (this.#holds(path, Buffer.from(sealAttr(attrToJson(file))))) return;',
    seen: [5, 51],
  },
  {
    name: 'отказ сброса журнала не замечен',
    file: 'engine/wal.ts',
    from: 'await file.datasync();\n    this.#hooks',
    to: 'await file.datasync().catch(() => undefined);\n    this.#hooks',
    seen: [4, 44],
  },
  {
    name: 'байты убраны, хотя журнал о них мог узнать',
    file: 'files/put-file.ts',
    from: 'if (store.failure === undefined) store.discard(received);',
    to: 'store.discard(received);',
    seen: [6, 50],
  },
  {
    name: 'пометка не записана в описание',
    file: 'engine/apply-records.ts',
    from: "if (record.sidecar === 'rewrite') this.#writeAttr(record, 'replace');",
    to: '',
    seen: [4],
  },
  {
    name: 'повтор пометку не записывает',
    file: 'engine/apply-records.ts',
    from: "if (record.sidecar === 'rewrite') this.#redoAttr(record);",
    to: '',
    seen: [4],
  },
  {
    name: 'указатель о пометке не знает',
    file: 'engine/catalog.ts',
    from: "case 'mark':\n        this.upsert(record);",
    to: "case 'mark':",
    seen: [4],
  },
  {
    name: 'уборка не смотрит на файл под замком ещё раз',
    file: 'upkeep/collect-expired.ts',
    from: 'if (entry === undefined || !isDue(entry.file, untilIso) || !mayCollect(store)) return;',
    to: 'if (entry === undefined) return;',
    seen: [1],
  },
  {
    name: 'сброс точки не ждёт раскладки',
    file: 'engine/placer.ts',
    from: 'const touched = await enqueue(() => (waiting.count > 0 ? undefined : applier.takeTouched()));',
    to: 'const touched = applier.takeTouched();',
    seen: [1],
  },
  {
    name: 'раскладка идёт не по порядку',
    file: 'engine/placer.ts',
    from: 'const done = tail.then(work);',
    to: 'const done = (async () => work())();',
    seen: [1],
  },
  {
    name: 'подтверждённое, но не разложенное не читается',
    file: 'engine/unplaced.ts',
    from: 'return this.#puts.get(fileId)?.bytes;',
    to: 'return undefined;',
    seen: [1],
  },
  {
    name: 'разложенное забыто вместе с новым под тем же именем',
    file: 'engine/unplaced.ts',
    from: 'if (this.#puts.get(fileId)?.revision === revision) this.#puts.delete(fileId);',
    to: 'this.#puts.delete(fileId);',
    seen: [9],
  },
  {
    name: 'точка не ждёт тех, кому не хватило места',
    file: 'engine/checkpoint.ts',
    from: 'if (flushed.waiting > 0) throw noSpace(`раскладка ждёт места: записей ${flushed.waiting}`);',
    to: '',
    seen: [21],
    fullDisk: true,
  },
  {
    name: 'нехватка места при повторе — отказ запуска',
    file: 'engine/waiting-for-space.ts',
    from: 'if (!isNoSpace(error)) throw error;\n      return this.#wait(attempt);',
    to: 'throw error;',
    seen: [21],
    fullDisk: true,
  },
  {
    name: 'контрольная точка без места — отказ движка',
    file: 'engine/checkpoints.ts',
    from: 'if (!isNoSpace(error)) {\n        wal.poison(error);',
    to: '{\n        wal.poison(error);',
    seen: [21],
    fullDisk: true,
  },
];

const QUERY = 'mutant=';
const SOURCE_ROOT = new URL('../../src/', import.meta.url).href;
const ELEMENT_ROOT = new URL('../../', import.meta.url).href;

/**
 * С этого мига модуль с `?mutant=номер` в адресе грузится испорченным, и вместе с ним всё, что он ввозит по соседству.
 * Возвращает, как снять.
 */
export function enableMutants(): () => void {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const mutant = mutantOf(context.parentURL);
      if (mutant === undefined || !specifier.startsWith('.') || !found.url.startsWith(ELEMENT_ROOT)) return found;
      return { ...found, url: `${found.url}?${QUERY}${MUTANTS.indexOf(mutant)}` };
    },
    load(url, context, next) {
      const found = next(url, context);
      const mutant = mutantOf(url);
      const [path] = url.split('?');
      if (mutant === undefined || path !== SOURCE_ROOT + mutant.file) return found;
      return { ...found, source: spoil(textOf(found.source), mutant) };
    },
  });
  return () => hooks.deregister();
}

/** Адрес модуля, испорченного этим мутантом. */
export function mutantUrl(module: string, mutant: Mutant): string {
  return `${new URL(module, import.meta.url).href}?${QUERY}${MUTANTS.indexOf(mutant)}`;
}

function mutantOf(url: string | undefined): Mutant | undefined {
  const at = url?.indexOf(`?${QUERY}`) ?? -1;
  return url === undefined || at < 0 ? undefined : MUTANTS[Number(url.slice(at + QUERY.length + 1))];
}

function textOf(source: string | NodeJS.TypedArray | ArrayBuffer | undefined | null): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source ?? undefined);
}

function spoil(source: string, { name, file, from, to }: Mutant): string {
  const parts = source.split(from);
  if (parts.length !== 2)
    throw new Error(`мутант «${name}»: в ${file} нужный кусок встречается ${parts.length - 1} раз`);
  return parts.join(to);
}
