// Закрытая таблица ошибок и единственный класс ошибки, который видит клиент.
// Статусы HTTP живут только здесь (требования, 2.9; RFC 9110, 15).

/** Строка таблицы: статус ответа и текст для человека на двух языках. */
export interface ErrorRow {
  readonly status: number;
  readonly ru: string;
  readonly en: string;
}

export const ERROR_TABLE = {
  VALIDATION_ERROR: { status: 400, ru: 'Запрос заполнен неверно.', en: 'The request is not valid.' },
  UNAUTHORIZED: { status: 401, ru: 'Нужен действующий токен.', en: 'A valid token is required.' },
  INVALID_CREDENTIALS: { status: 401, ru: 'Неверное имя или секрет.', en: 'The name or the secret is wrong.' },
  SECRET_EXPIRED: {
    status: 401,
    ru: 'Срок секрета истёк, выпустите новый.',
    en: 'The secret has expired; issue a new one.',
  },
  INVALID_REFRESH_TOKEN: {
    status: 401,
    ru: 'Токен обновления недействителен, войдите снова.',
    en: 'The refresh token is not valid; log in again.',
  },
  FORBIDDEN: { status: 403, ru: 'Прав на это действие нет.', en: 'You are not allowed to do this.' },
  NOT_FOUND: { status: 404, ru: 'Такого объекта нет.', en: 'There is no such object.' },
  FILE_NOT_FOUND: { status: 404, ru: 'Такого файла нет.', en: 'There is no such file.' },
  CONFLICT: {
    status: 409,
    ru: 'Запрос противоречит нынешнему состоянию.',
    en: 'The request conflicts with the present state.',
  },
  MODE_NOT_ALLOWED: {
    status: 409,
    ru: 'Режим элемента хранения не допускает это действие.',
    en: 'The mode of the storage element does not allow this.',
  },
  INVALID_TRANSITION: {
    status: 409,
    ru: 'Такой переход между режимами не предусмотрен.',
    en: 'This mode transition does not exist.',
  },
  CONFIRMATION_REQUIRED: {
    status: 409,
    ru: 'Действие нужно подтвердить: confirm = true.',
    en: 'The action must be confirmed: confirm = true.',
  },
  RECONCILE_IN_PROGRESS: { status: 409, ru: 'Сверка уже идёт.', en: 'A reconciliation is already running.' },
  SYNC_IN_PROGRESS: {
    status: 409,
    ru: 'Синхронизация этого элемента уже идёт.',
    en: 'This element is already being synchronised.',
  },
  NOT_LOCKED: { status: 409, ru: 'Учётная запись не заблокирована.', en: 'The account is not locked.' },
  FILE_EXPIRED: { status: 410, ru: 'Срок хранения файла истёк.', en: 'The file has expired.' },
  FILE_TOO_LARGE: { status: 413, ru: 'Файл больше допустимого размера.', en: 'The file is larger than allowed.' },
  INVALID_RANGE: {
    status: 416,
    ru: 'Запрошенного участка в файле нет.',
    en: 'The requested range is not in the file.',
  },
  CHECKSUM_MISMATCH: {
    status: 422,
    ru: 'Контрольная сумма не совпала с заявленной.',
    en: 'The checksum differs from the declared one.',
  },
  LENGTH_MISMATCH: {
    status: 422,
    ru: 'Длина не совпала с заявленной.',
    en: 'The length differs from the declared one.',
  },
  ACCOUNT_LOCKED: {
    status: 423,
    ru: 'Слишком много неудачных попыток, вход временно закрыт.',
    en: 'Too many failed attempts; sign-in is closed for a while.',
  },
  RATE_LIMITED: {
    status: 429,
    ru: 'Слишком много запросов, повторите позже.',
    en: 'Too many requests; try again later.',
  },
  INTERNAL_ERROR: { status: 500, ru: 'Внутренняя ошибка.', en: 'Internal error.' },
  ADMIN_UNAVAILABLE: { status: 502, ru: 'Модуль управления недоступен.', en: 'The Admin Module is unavailable.' },
  SE_UNAVAILABLE: { status: 502, ru: 'Элемент хранения недоступен.', en: 'The storage element is unavailable.' },
  SE_UPLOAD_FAILED: {
    status: 502,
    ru: 'Элемент хранения не принял файл.',
    en: 'The storage element did not accept the file.',
  },
  NO_STORAGE_AVAILABLE: {
    status: 502,
    ru: 'Нет элемента хранения, готового принять файл.',
    en: 'No storage element is ready to take the file.',
  },
  NOT_READY: {
    status: 503,
    ru: 'Служба ещё не готова, повторите позже.',
    en: 'The service is not ready; try again later.',
  },
  STORAGE_FULL: { status: 507, ru: 'Место в хранилище закончилось.', en: 'The storage is full.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** Что именно неверно: поле запроса и объяснение для человека. */
export interface ErrorDetail {
  readonly field: string;
  readonly message: string;
}

/** Нарушение с обоими языками: `message` — английский текст, `ru` — его русская пара; язык выбирает errorBody. */
export interface Fault extends ErrorDetail {
  readonly ru?: string;
}

export interface ArtErrorOptions {
  /** Причина: чужая ошибка, которую эта дополняет смыслом. Уходит в журнал, но не клиенту. */
  readonly cause?: unknown;
  /** Уточнения по полям; клиент их видит. */
  readonly details?: readonly Fault[];
  /** Уточнение к тексту таблицы на двух языках; клиент его видит. */
  readonly explain?: { readonly ru: string; readonly en: string };
  readonly fileId?: string;
  readonly storageId?: string;
  /** Через сколько секунд стоит повторить: уходит в заголовок Retry-After. */
  readonly retryAfterSeconds?: number;
  /** Прочие заголовки ответа (например, Content-Range при 416). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ошибка с кодом из закрытой таблицы. */
export class ArtError extends Error {
  readonly code: ErrorCode;
  readonly options: ArtErrorOptions;

  constructor(code: ErrorCode, options: ArtErrorOptions = {}) {
    super(
      options.explain?.en ?? ERROR_TABLE[code].en,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'ArtError';
    this.code = code;
    this.options = options;
  }
}

/** Узнаёт ошибку с нужным кодом; без кода — любую ошибку таблицы. */
export function isArtError(error: unknown, code?: ErrorCode): error is ArtError {
  return error instanceof ArtError && (code === undefined || error.code === code);
}

export type Language = 'ru' | 'en';

/** Тело ответа с ошибкой, единое для всей системы (требования, 2.9). */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details?: readonly ErrorDetail[];
    readonly request_id?: string;
    readonly file_id?: string;
    readonly storage_id?: string;
  };
}

/** Собирает тело ответа из ошибки таблицы. */
export function errorBody(error: ArtError, language: Language, requestId?: string): ErrorBody {
  const { details, explain, fileId, storageId } = error.options;
  return {
    error: {
      code: error.code,
      message: (explain ?? ERROR_TABLE[error.code])[language],
      ...(details && details.length > 0 ? { details: details.map((fault) => detailIn(fault, language)) } : {}),
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...(fileId === undefined ? {} : { file_id: fileId }),
      ...(storageId === undefined ? {} : { storage_id: storageId }),
    },
  };
}

/** На проводе остаются только поле и текст на языке клиента; без русской пары — английский. */
function detailIn({ field, message, ru }: Fault, language: Language): ErrorDetail {
  return { field, message: language === 'ru' ? (ru ?? message) : message };
}
