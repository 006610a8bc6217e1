// Диск, который на нехватку места отвечает балластом: убирает его и повторяет то же действие один раз.
// Им пользуется всё, что обязано дописаться после подтверждения; приём загрузок берёт диск без балласта и получает отказ.
//
// Повтор безвреден: запись по позиции переписывает те же байты; новый малый файл, на который не хватило места,
// завели мы сами (иначе был бы EEXIST), и перед повтором он убирается.
import { type Disk, type DiskFile, isNoSpace } from './disk.ts';

/** makeRoom освобождает место; false — больше освобождать нечего. */
export function withBallast(disk: Disk, makeRoom: () => boolean): Disk {
  const retry = <T>(act: () => T, undo: () => void = () => undefined): T => {
    try {
      return act();
    } catch (error) {
      if (!isNoSpace(error) || !makeRoom()) throw error;
      undo();
      return act();
    }
  };
  return {
    open: async (path, how) => {
      if (how === 'read') return disk.open(path, how);
      return sturdyFile(await retryLater(() => disk.open(path, how), makeRoom), makeRoom);
    },
    writeSmall: (path, bytes, how) =>
      retry(
        () => disk.writeSmall(path, bytes, how),
        () => how === 'create' && disk.remove(path),
      ),
    overwrite: (path, bytes) => retry(() => disk.overwrite(path, bytes)),
    readSmall: (path) => disk.readSmall(path),
    rename: (from, to) => retry(() => disk.rename(from, to)),
    link: (from, to) => retry(() => disk.link(from, to)),
    remove: (path) => disk.remove(path),
    makeDirectory: (path) => retry(() => disk.makeDirectory(path)),
    list: (path) => disk.list(path),
    sizeOf: (path) => disk.sizeOf(path),
    syncFile: (path) => disk.syncFile(path),
    syncDirectory: (path) => disk.syncDirectory(path),
    space: (path) => disk.space(path),
  };
}

function sturdyFile(file: DiskFile, makeRoom: () => boolean): DiskFile {
  return {
    write: (chunks, position) => retryLater(() => file.write(chunks, position), makeRoom),
    read: (buffer, position) => file.read(buffer, position),
    datasync: () => file.datasync(),
    size: () => file.size(),
    close: () => file.close(),
  };
}

async function retryLater<T>(act: () => Promise<T>, makeRoom: () => boolean): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isNoSpace(error) || !makeRoom()) throw error;
    return await act();
  }
}
