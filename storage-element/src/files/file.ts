// Файл хранилища и его намерение до загрузки — слова модуля. Чистые типы и правила, без ввода-вывода.

export type RetentionPolicy = 'temporary' | 'permanent';

/** Состояние, записанное в attr.json. Прошедший срок виден ещё до того, как сборщик его запишет: см. effectiveStatus. */
export type StoredStatus = 'active' | 'expired' | 'deleted' | 'corrupted' | 'missing';

/** Что прислал тот, кто загружает. */
export interface FileIntent {
  readonly originalFilename: string;
  readonly contentType: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly retentionPolicy: RetentionPolicy;
  /** Срок в днях; null только у permanent. */
  readonly ttlDays: number | null;
  readonly uploadedBy: string;
}

/** Файл, как он описан в attr.json. Времена — RFC 3339, UTC. Размер — в байтах. */
export interface StoredFile extends FileIntent {
  readonly fileId: string;
  readonly size: number;
  /** SHA-256 содержимого, шестнадцатеричная запись. */
  readonly checksum: string;
  readonly uploadedAt: string;
  readonly status: StoredStatus;
  readonly expiresAt: string | null;
  readonly deletedAt: string | null;
  /** Растёт на единицу с каждой правкой. */
  readonly version: number;
  /** Место последней перемены в журнале; по нему идёт лента изменений. */
  readonly revision: number;
}

/** Что можно изменить после загрузки. */
export interface FileChange {
  readonly originalFilename?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const FILE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Тот же вид, что в контракте. Проверки UUID из библиотек строже — требуют номера версии, — и принятый однажды файл
 * оказался бы для журнала непрочитанным.
 */
export function isFileId(text: string): boolean {
  return FILE_ID.test(text);
}

/** Объект JSON как он есть. Схемы, которые собирают объект заново, теряют ключ `__proto__`. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const DAY_MS = 86_400_000;

/** Когда истекает срок: отсчёт от загрузки (требования, 2.8). */
export function expiryOf(retention: { ttlDays: number | null }, uploadedAtMs: number): string | null {
  return retention.ttlDays === null ? null : new Date(uploadedAtMs + retention.ttlDays * DAY_MS).toISOString();
}

/** Состояние на этот миг: срок действует с точностью до миллисекунды, а не до прохода сборщика. */
export function effectiveStatus(file: StoredFile, nowMs: number): StoredStatus {
  if (file.status === 'active' && file.expiresAt !== null && Date.parse(file.expiresAt) <= nowMs) return 'expired';
  return file.status;
}
