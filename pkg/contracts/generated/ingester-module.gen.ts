// Порождено из ingester-module/api/openapi.yaml командой npm run generate. Руками не правят: правят контракт.
// Типы запросов и ответов; кода здесь нет.

export interface paths {
    "/api/v1/files/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Загрузить файл
         * @description Форма `multipart/form-data`: сначала поля, последней — единственная часть с файлом по имени `file`.
         *     Поле или второй файл после файла отвергаются: к тому времени содержимое уже передаётся элементу хранения.
         *
         *     Политика `temporary` (по умолчанию) — черновик со сроком `ttl_days` (по умолчанию 30), `permanent` —
         *     постоянное хранение без срока. Тип содержимого берётся из части `file`, иначе `application/octet-stream`.
         *
         *     Размер ограничен (по умолчанию 1 ГиБ): по Content-Length отказ приходит до чтения тела, без него — по счёту.
         *     Обрыв на любом байте не оставляет следов.
         *
         *     Повтор с тем же `Idempotency-Key` тем же отправителем находит тот же файл: то же содержимое — тот же ответ,
         *     другое — 409 CONFLICT. Метаданные повтора не применяются: остаются первые.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Жив ли процесс
         * @description Отвечает, пока процесс способен отвечать; соседи не проверяются.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Готов ли модуль
         * @description `ok` — есть куда класть файлы обеих политик; `degraded` (200) — только одной; `fail` (503) — некуда или нельзя проверить ни один токен.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Метрики Prometheus
         * @description Счётчики запросов и загрузок в текстовой форме Prometheus.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Части формы. Порядок важен: `file` — последняя. Частей с другими именами быть не должно, каждая — не больше одного раза. Имя файла — показываемое имя, не путь: символы `/` и `\` в нём отвергаются. */
        UploadForm: {
            /**
             * @description temporary — черновик со сроком, permanent — постоянное хранение.
             * @default temporary
             * @example permanent
             * @enum {string}
             */
            retention_policy?: "temporary" | "permanent";
            /**
             * @description Срок хранения в днях; только для temporary.
             * @default 30
             * @example 30
             */
            ttl_days?: number;
            description?: components["schemas"]["Description"];
            /** @description Метки — массив JSON одной частью, до 50 меток по 100 знаков. */
            tags?: components["schemas"]["Tags"];
            /** @description Свои метаданные — объект JSON одной частью, до 8 КиБ, глубина до 5. */
            metadata?: components["schemas"]["UserMetadata"];
            /**
             * Format: binary
             * @description Содержимое. Имя файла — в Content-Disposition (UTF-8, до 255 байт), тип — в Content-Type части.
             */
            file: string;
        };
        /** @description Метаданные сохранённого файла и состояние его записи в реестре. */
        UploadedFile: {
            file_id: components["schemas"]["Uuid"];
            original_filename: components["schemas"]["Filename"];
            content_type: components["schemas"]["content_type"];
            size: components["schemas"]["size"];
            checksum: components["schemas"]["Sha256"];
            uploaded_by: components["schemas"]["uploaded_by"];
            uploaded_at: components["schemas"]["Timestamp"];
            description: components["schemas"]["Description"];
            tags: components["schemas"]["Tags"];
            metadata: components["schemas"]["UserMetadata"];
            status: components["schemas"]["FileStatus"];
            retention_policy: components["schemas"]["RetentionPolicy"];
            ttl_days: components["schemas"]["ttl_days"];
            expires_at: components["schemas"]["expires_at"];
            deleted_at: components["schemas"]["deleted_at"];
            version: components["schemas"]["version"];
            /**
             * @description done — файл уже в реестре и находится поиском; pending — окажется там после ближайшей синхронизации.
             * @enum {string}
             */
            registration: "done" | "pending";
        };
        /** @description Описание, не больше 1000 знаков. */
        Description: string;
        /**
         * @description До 50 меток, каждая до 100 знаков.
         * @example [
         *       "договор",
         *       "2026"
         *     ]
         */
        Tags: string[];
        /**
         * @description Произвольный объект JSON, не больше 8 КиБ, глубина не больше 5.
         * @example {
         *       "department": "юридический",
         *       "case": 42
         *     }
         */
        UserMetadata: {
            [key: string]: unknown;
        };
        /**
         * Format: uuid
         * @example 0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41
         */
        Uuid: string;
        /**
         * @description Имя файла для людей, не больше 255 байт UTF-8. Не путь.
         * @example Договор №7_скан (копия).pdf
         */
        Filename: string;
        /** @example application/pdf */
        content_type: string;
        /** @description Размер в байтах. */
        size: number;
        /**
         * @description SHA-256 содержимого, шестнадцатеричная запись строчными буквами.
         * @example e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
         */
        Sha256: string;
        /** @description Кто загрузил (sub токена). */
        uploaded_by: string;
        /**
         * Format: date-time
         * @description Время RFC 3339, UTC.
         * @example 2026-02-21T09:30:00.000Z
         */
        Timestamp: string;
        /**
         * @description active — доступен; expired — срок истёк; deleted — удалён; corrupted — содержимое или описание повреждено; missing — описание есть, содержимого нет.
         * @enum {string}
         */
        FileStatus: "active" | "expired" | "deleted" | "corrupted" | "missing";
        /**
         * @description temporary — черновик со сроком, permanent — постоянное хранение.
         * @enum {string}
         */
        RetentionPolicy: "temporary" | "permanent";
        /** @description Срок хранения в днях; только для temporary. */
        TtlDays: number;
        ttl_days: components["schemas"]["TtlDays"] | null;
        expires_at: components["schemas"]["Timestamp"] | null;
        deleted_at: components["schemas"]["Timestamp"] | null;
        /** @description Растёт с каждой правкой. */
        version: number;
        /** @enum {string} */
        ErrorCode: "VALIDATION_ERROR" | "UNAUTHORIZED" | "INVALID_CREDENTIALS" | "SECRET_EXPIRED" | "INVALID_REFRESH_TOKEN" | "FORBIDDEN" | "NOT_FOUND" | "FILE_NOT_FOUND" | "CONFLICT" | "MODE_NOT_ALLOWED" | "INVALID_TRANSITION" | "CONFIRMATION_REQUIRED" | "RECONCILE_IN_PROGRESS" | "SYNC_IN_PROGRESS" | "NOT_LOCKED" | "FILE_EXPIRED" | "FILE_TOO_LARGE" | "INVALID_RANGE" | "CHECKSUM_MISMATCH" | "LENGTH_MISMATCH" | "ACCOUNT_LOCKED" | "RATE_LIMITED" | "INTERNAL_ERROR" | "ADMIN_UNAVAILABLE" | "SE_UNAVAILABLE" | "SE_UPLOAD_FAILED" | "NO_STORAGE_AVAILABLE" | "NOT_READY" | "STORAGE_FULL";
        Error: {
            error: {
                code: components["schemas"]["ErrorCode"];
                /** @description Объяснение для человека (ru или en по Accept-Language). */
                message: string;
                details?: {
                    field: string;
                    message: string;
                }[];
                request_id?: string;
                /** @description О каком файле речь. */
                file_id?: string;
                /** @description Какой элемент ответил; только в ответах элемента хранения и модуля управления. */
                storage_id?: string;
            };
        };
        Liveness: {
            /** @constant */
            status: "ok";
            timestamp: components["schemas"]["Timestamp"];
            version: string;
            service: string;
        };
        Readiness: {
            /** @enum {string} */
            status: "ok" | "degraded" | "fail";
            timestamp: components["schemas"]["Timestamp"];
            version: string;
            service: string;
            /** @description Состояние каждой части, от которой зависит готовность. */
            checks: {
                [key: string]: {
                    /** @enum {string} */
                    status: "ok" | "degraded" | "fail";
                    message?: string;
                };
            };
        };
    };
    responses: {
        /** @description Этим Idempotency-Key уже загружено другое содержимое, либо тот файл удалён (CONFLICT). */
        KeyConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CONFLICT",
                 *         "message": "The idempotency key has already been used for other content.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Файл больше допустимого (FILE_TOO_LARGE). */
        FileTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "FILE_TOO_LARGE",
                 *         "message": "The file is larger than allowed."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Содержимое не сошлось с Repr-Digest (CHECKSUM_MISMATCH); файл не сохранён. */
        ChecksumMismatch: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CHECKSUM_MISMATCH",
                 *         "message": "The checksum differs from the declared one."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Нет элемента, готового принять файл (NO_STORAGE_AVAILABLE); элемент не принял файл (SE_UPLOAD_FAILED); модуль управления недоступен, а список элементов ещё не получен (ADMIN_UNAVAILABLE). */
        UploadFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "NO_STORAGE_AVAILABLE",
                 *         "message": "No storage element is ready to take the file."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Места для файла нет ни на одном подходящем элементе (STORAGE_FULL). */
        StorageFull: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "STORAGE_FULL",
                 *         "message": "The storage is full."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Запрос заполнен неверно (VALIDATION_ERROR). */
        ValidationError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "VALIDATION_ERROR",
                 *         "message": "The request is not valid.",
                 *         "details": [
                 *           {
                 *             "field": "query.limit",
                 *             "message": "must be <= 1000"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Токена нет или он не годится (UNAUTHORIZED). */
        Unauthorized: {
            headers: {
                /** @description Какой нужен токен (RFC 6750, 3). */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "UNAUTHORIZED",
                 *         "message": "A valid token is required."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Прав не хватает (FORBIDDEN). */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "FORBIDDEN",
                 *         "message": "You are not allowed to do this."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Слишком много запросов (RATE_LIMITED). */
        RateLimited: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "RATE_LIMITED",
                 *         "message": "Too many requests; try again later."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Внутренняя ошибка (INTERNAL_ERROR). */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INTERNAL_ERROR",
                 *         "message": "Internal error."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Служба не готова (NOT_READY). */
        NotReady: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "NOT_READY",
                 *         "message": "The service is not ready; try again later."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Процесс жив. */
        Liveness: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": "ok",
                 *       "timestamp": "2026-02-21T09:30:00.000Z",
                 *       "version": "0.1.0",
                 *       "service": "storage-element"
                 *     }
                 */
                "application/json": components["schemas"]["Liveness"];
            };
        };
        /** @description Готов (ok) или готов не полностью (degraded). */
        Readiness: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": "ok",
                 *       "timestamp": "2026-02-21T09:30:00.000Z",
                 *       "version": "0.1.0",
                 *       "service": "storage-element",
                 *       "checks": {}
                 *     }
                 */
                "application/json": components["schemas"]["Readiness"];
            };
        };
        /** @description Не готов (fail). */
        NotReadyReadiness: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": "fail",
                 *       "timestamp": "2026-02-21T09:30:00.000Z",
                 *       "version": "0.1.0",
                 *       "service": "storage-element",
                 *       "checks": {
                 *         "disk": {
                 *           "status": "fail",
                 *           "message": "data directory is not mounted"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Readiness"];
            };
        };
        /** @description Метрики в текстовой форме Prometheus. */
        Metrics: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "text/plain": string;
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Идентификатор запроса; тот же стоит в журнале и в теле ошибки. */
        RequestId: string;
        /** @description Через сколько секунд повторить (RFC 9110, 10.2.3). */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    uploadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Ключ безопасного повтора, свой у каждого файла. Из отправителя и ключа выводится `file_id`. */
                "Idempotency-Key"?: string;
                /** @description Ожидаемая сумма содержимого файла (не формы), `sha-256=:base64:` (RFC 9530). Не совпала — 422, файл не сохраняется. Суммы по другим алгоритмам не проверяются. */
                "Repr-Digest"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description Поля и файл. Файл — последняя часть формы. Пустой файл допустим. */
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadForm"];
            };
        };
        responses: {
            /** @description Файл сохранён и записан в реестр. Повтор с тем же Idempotency-Key отвечает так же. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            /** @description Файл сохранён; запись в реестре появится позже, повторять загрузку не нужно. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["KeyConflict"];
            413: components["responses"]["FileTooLarge"];
            422: components["responses"]["ChecksumMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["UploadFailed"];
            503: components["responses"]["NotReady"];
            507: components["responses"]["StorageFull"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Liveness"];
            400: components["responses"]["ValidationError"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Readiness"];
            400: components["responses"]["ValidationError"];
            503: components["responses"]["NotReadyReadiness"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Metrics"];
            400: components["responses"]["ValidationError"];
        };
    };
}
