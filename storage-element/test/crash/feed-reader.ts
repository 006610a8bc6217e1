// Читатель ленты изменений, который сбоя не заметил: у него осталась метка и сложенный по ленте список.
import type { Store } from '../../src/engine/store.ts';
import type { StoredFile } from '../../src/files/file.ts';
import { listFiles } from '../../src/files/list-files.ts';
import { follow, sameFiles } from './check-recovered.ts';
import { PromiseBroken } from './promise-broken.ts';

/** Читатель ленты: докуда дочитал и что из этого сложил. */
export interface Reader {
  readonly epoch: string;
  readonly after: number;
  readonly files: ReadonlyMap<string, StoredFile>;
}

export function readFeed(store: Store): Reader {
  const files = new Map<string, StoredFile>();
  return { epoch: store.epoch, after: follow(store, 0, files), files };
}

/** Читатель, дочитавший ленту до сбоя, после него либо догоняет её, либо узнаёт по эпохе, что история потеряна. */
export function checkReader(store: Store, reader: Reader | undefined, lost: boolean): void {
  if (reader === undefined) return;
  if (reader.epoch !== store.epoch) {
    if (!lost) throw new PromiseBroken('эпоха сменилась, хотя каталог не пропал');
    return;
  }
  const files = new Map(reader.files);
  follow(store, reader.after, files);
  const listed = listFiles(store, { limit: 1000, offset: 0, after: undefined, status: undefined }).items;
  if (!sameFiles(files, listed))
    throw new PromiseBroken(`лента после ${reader.after} не приводит прежнюю копию к списку`);
}
