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
  /** На каком обходе попадается: сбои или отказы диска. */
  readonly caughtBy: 'crash' | 'fault';
}

const crash = (file: string, name: string, from: string, to = ''): Mutant => ({ name, file, from, to, caughtBy: 'crash' });
const fault = (file: string, name: string, from: string, to = ''): Mutant => ({ name, file, from, to, caughtBy: 'fault' });

export const MUTANTS: readonly Mutant[] = [
  crash('engine/wal.ts', 'кадр журнала не сброшен', 'await file.datasync();\n    this.#hooks', 'this.#hooks'),
  crash('engine/wal.ts', 'имена в staging не сброшены', 'await this.#disk.syncDirectory(this.#layout.staging);'),
  crash('engine/wal.ts', 'имя сегмента не сброшено', 'await this.#disk.syncDirectory(this.#layout.walDir);'),
  crash('engine/wal.ts', 'сегменты переиспользованы до контрольной точки', 'this.#segments.push(sequence);', 'this.#spare.push(...this.#segments.splice(0)); this.#segments.push(sequence);'),
  crash('engine/receive-blob.ts', 'байты загрузки не сброшены', 'await datasync(this.#file);\n'),
  crash('engine/checkpoint.ts', 'файлы не сброшены', 'await syncAll([...touched.files], signal, (path) => syncUnlessRemoved(disk, path, touched));'),
  crash('engine/checkpoint.ts', 'каталоги не сброшены', 'await syncAll([...touched.directories], signal, (path) => disk.syncDirectory(path));'),
  crash('engine/checkpoint.ts', 'режим не записан', 'if (touched.mode !== undefined) await writeIdentity(disk, layout, room.identity());'),
  crash('engine/checkpoint.ts', 'указатель не сброшен', 'room.catalog.sync();'),
  crash('engine/checkpoint.ts', 'точка записана раньше сбросов', 'const touched = room.applier.takeTouched();', 'const touched = room.applier.takeTouched(); await writeCheckpoint(disk, layout, room.identity().storageId, at);'),
  crash('engine/checkpoint.ts', 'имена в staging убраны раньше точки', 'room.catalog.sync();', 'room.catalog.sync(); for (const name of touched.staged) disk.remove(layout.staged(name));'),
  crash('engine/store.ts', 'сегменты отпущены раньше точки', 'const startedAt = this.#clock.monotonicMs();', 'const startedAt = this.#clock.monotonicMs(); this.#wal.releaseBefore(this.#wal.applied);'),
  crash('engine/store.ts', 'место точки взято после сбросов', 'const position = this.#wal.applied;', 'const wal = this.#wal; const position = { get segment() { return wal.applied.segment; }, get offset() { return wal.applied.offset; }, get frame() { return wal.applied.frame; }, get revision() { return wal.applied.revision; }, get salt() { return wal.applied.salt; } };'),
  crash('engine/disk.ts', 'заменяющий файл не сброшен до переименования', 'await disk.syncFile(fresh);'),
  crash('engine/disk.ts', 'переименование не сброшено', 'await disk.syncDirectory(dirname(path));'),
  crash('engine/wal-record.ts', 'сумма записей не сверена', 'if (crc32(payload) !== header.payloadCrc) return undefined;'),
  crash('engine/read-log.ts', 'последний кадр не закреплён до раскладки', 'await rewrite(disk, layout, held);'),
  crash('engine/apply-records.ts', 'повтор пишет на место общих байтов', "this.#disk.remove(path);\n      this.#disk.writeSmall(path, bytes.inline, 'create');", "this.#disk.writeSmall(path, bytes.inline, 'replace');"),
  crash('engine/apply-records.ts', 'удаление имён не сбрасывается', "this.#disk.remove(path);\n      this.#touched.files.delete(path);\n      this.#beingSynced?.files.delete(path);\n    }\n    this.#touched.directories.add(this.#layout.bucketDir(record.place));", "this.#disk.remove(path);\n      this.#touched.files.delete(path);\n      this.#beingSynced?.files.delete(path);\n    }"),
  crash('engine/apply-records.ts', 'имена новых дней не сбрасываются', 'this.#touched.directories.add(this.#layout.files).add(this.#layout.dayDir(place.day));'),
  crash('engine/apply-records.ts', 'удалённый файл остаётся в списке к сбросу', 'this.#beingSynced?.files.delete(path);'),
  crash('engine/recovery.ts', 'каталоги над элементом не сброшены', 'await syncAncestors(disk, layout.dataDir);\n  await syncAncestors(disk, layout.walDir);'),
  crash('engine/recovery.ts', 'имя element.json не закреплено следующим запуском', 'await disk.syncDirectory(layout.dataDir);\n    return known;', 'return known;'),
  crash('engine/recovery.ts', 'эпоха прежняя, хотя история потеряна', 'identity = { ...identity, epoch: room.randomId() };'),
  crash('engine/recovery.ts', 'брошенное в staging не убрано', 'for (const name of disk.list(layout.staging)) disk.remove(layout.staged(name));'),
  crash('engine/locks.ts', 'замка на файл нет', 'await before;'),
  crash('files/put-file.ts', 'знакомый файл не узнан под замком', 'const known = locked.current();', 'const known = undefined as ReturnType<typeof locked.current>;'),
  fault('engine/apply-records.ts', 'повтор верит увиденным байтам', "this.#disk.remove(path);\n      this.#disk.writeSmall(path, bytes.inline, 'create');", "if (!this.#disk.readSmall(path)?.equals(bytes.inline)) this.#disk.writeSmall(path, bytes.inline, 'replace');"),
  fault('engine/apply-records.ts', 'повтор верит увиденному описанию', '.revision > revision;', '.revision >= revision;'),
  fault('engine/wal.ts', 'после отказа сброса журнал пишет дальше', 'this.#failure ??= error;', 'this.#failure ??= undefined;'),
  fault('files/put-file.ts', 'байты убраны, хотя журнал о них мог узнать', 'if (store.failure === undefined) store.discard(received);', 'store.discard(received);'),
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
      return { ...found, source: spoil(String(found.source), mutant) };
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

function spoil(source: string, { name, file, from, to }: Mutant): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`мутант «${name}»: в ${file} нужный кусок встречается ${parts.length - 1} раз`);
  return parts.join(to);
}
