// Формы файла и элемента хранения, какими их отдают соседи. Типы приходят из контрактов, проверки пишутся здесь:
// расходятся они — не сходится и проверка типов. Чистый файл.

import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import {
  flag,
  integer,
  isRecord,
  listOf,
  nullable,
  oneOf,
  openObject,
  record,
  sha256,
  ShapeError,
  text,
  timestamp,
  uuid,
} from './shape.ts';
import type { Shape } from './shape.ts';

type Schemas = components['schemas'];

/** Файл глазами элемента: метаданные и место последней правки в журнале. */
export type ElementFile = Schemas['ElementFile'];
/** Метаданные файла, какими их видит клиент. */
export type FileMetadata = Omit<ElementFile, 'revision'>;
/** Строка реестра: файл и элемент, где он лежит. */
export type RegisteredFile = FileMetadata & { readonly storage_element_id: string };
/** Намерение загрузить файл: едет к элементу в заголовке Artstore-Metadata. */
export type FileIntent = Readonly<Schemas['FileIntent']>;
/** Правка метаданных: чего нет, то не меняется. */
export type FileEdit = Readonly<Schemas['FileEdit']>;
export type ElementInfo = Schemas['ElementInfo'];
export type RetentionPolicy = Schemas['RetentionPolicy'];
export type StorageMode = Schemas['StorageMode'];
export type FileStatus = Schemas['FileStatus'];
export type ModeState = Schemas['ModeState'];

export const storageMode = oneOf(['edit', 'rw', 'ro', 'ar']);

const metadataFields = {
  file_id: uuid,
  original_filename: text(1024),
  content_type: text(255),
  size: integer(),
  checksum: sha256,
  uploaded_by: text(255),
  uploaded_at: timestamp,
  description: text(1000),
  tags: listOf(text(100), 50),
  metadata: openObject,
  status: oneOf(['active', 'expired', 'deleted', 'corrupted', 'missing']),
  retention_policy: oneOf(['temporary', 'permanent']),
  ttl_days: nullable(integer(1)),
  expires_at: nullable(timestamp),
  deleted_at: nullable(timestamp),
  version: integer(1),
};

export const fileMetadata: Shape<FileMetadata> = record(metadataFields);
export const elementFile: Shape<ElementFile> = record({ ...metadataFields, revision: integer() });
export const registeredFile: Shape<RegisteredFile> = record({ ...metadataFields, storage_element_id: uuid });

/** Ответ загрузки: метаданные и состояние записи в реестре. */
export const uploadedFile: Shape<FileMetadata & { registration: 'done' | 'pending' }> = record({
  ...metadataFields,
  registration: oneOf(['done', 'pending']),
});

/** Страница найденного. */
export interface FoundPage {
  readonly items: readonly FileMetadata[];
  readonly total: number;
  readonly total_is_estimate: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly has_more: boolean;
}
export const foundPage: Shape<FoundPage> = record({
  items: listOf(fileMetadata, 1000),
  total: integer(),
  total_is_estimate: flag,
  limit: integer(1),
  offset: integer(),
  has_more: flag,
});

export const elementInfo: Shape<ElementInfo> = record({
  storage_id: uuid,
  epoch: text(64),
  mode: storageMode,
  status: oneOf(['online', 'degraded', 'maintenance']),
  version: text(64),
  capacity: record({ total_bytes: integer(), used_bytes: integer(), available_bytes: integer() }),
  counts: record({
    active: integer(),
    expired: integer(),
    deleted: integer(),
    corrupted: integer(),
    missing: integer(),
  }),
  revision: integer(),
  allowed_operations: listOf(oneOf(['upload', 'download', 'list', 'metadata', 'update', 'delete', 'restore']), 7),
});

export const modeState: Shape<ModeState> = record({ storage_id: uuid, mode: storageMode });

/** Запись, которую не удалось прочесть: одна плохая строка не губит страницу, но и не теряется молча. */
export interface UnreadableItem {
  readonly file_id: string | null;
  readonly reason: string;
}

/** Страница файлов элемента при обходе по ключу. */
export interface ElementFilePage {
  readonly items: readonly ElementFile[];
  readonly unreadable: readonly UnreadableItem[];
  readonly total: number;
  readonly has_more: boolean;
  /** С чего продолжить; null — записей больше нет. */
  readonly next_after: string | null;
}

const rawFilePage = record({
  items: listOf(openObject, 1000),
  total: integer(),
  has_more: flag,
  next_after: nullable(uuid),
});

export const elementFilePage: Shape<ElementFilePage> = (value, path) => {
  const page = rawFilePage(value, path);
  const { items, unreadable } = separate(page.items, elementFile);
  return { ...page, items, unreadable };
};

export type ElementChange =
  | { readonly type: 'upsert'; readonly revision: number; readonly file_id: string; readonly file: ElementFile }
  | { readonly type: 'remove'; readonly revision: number; readonly file_id: string; readonly reason: string };

/** Порция ленты изменений. */
export interface ElementChanges {
  readonly epoch: string;
  readonly items: readonly ElementChange[];
  readonly unreadable: readonly UnreadableItem[];
  readonly next_after: number;
  readonly has_more: boolean;
  /** До какой позиции забыто об удалённом; начатое с нуля чтение возвращает это с каждой страницей. */
  readonly history_from: number | null;
  readonly history_lost: boolean;
}

const rawChanges = record({
  epoch: text(64),
  items: listOf(openObject, 1000),
  next_after: integer(),
  has_more: flag,
  history_from: nullable(integer()),
  history_lost: flag,
});
const upsert = record({ revision: integer(), type: oneOf(['upsert']), file_id: uuid, file: elementFile });
const removal = record({ revision: integer(), type: oneOf(['remove']), file_id: uuid, reason: text(200) });
const change: Shape<ElementChange> = (value, path) =>
  isRecord(value) && value['type'] === 'remove' ? removal(value, path) : upsert(value, path);

export const elementChanges: Shape<ElementChanges> = (value, path) => {
  const page = rawChanges(value, path);
  const { items, unreadable } = separate(page.items, change);
  return { ...page, items, unreadable };
};

function separate<T>(
  rows: readonly Record<string, unknown>[],
  shape: Shape<T>,
): { items: T[]; unreadable: UnreadableItem[] } {
  const items: T[] = [];
  const unreadable: UnreadableItem[] = [];
  for (const [index, row] of rows.entries()) {
    try {
      items.push(shape(row, `items[${index}]`));
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const id = row['file_id'];
      unreadable.push({ file_id: typeof id === 'string' ? id.slice(0, 64) : null, reason: error.message });
    }
  }
  return { items, unreadable };
}
