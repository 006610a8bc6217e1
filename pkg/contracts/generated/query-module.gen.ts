// Порождено из query-module/api/openapi.yaml командой npm run generate. Руками не правят: правят контракт.
// Типы запросов и ответов; кода здесь нет.

export interface paths {
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Найти файлы
         * @description Ищет по реестру файлов. Все условия соединены словом «и»; без условий отдаёт все файлы с выбранным статусом. Режим `mode` говорит, как понимать `query` (и `filename`); остальные условия одинаковы во всех режимах.
         *
         *     Файл, чей срок истёк, никогда не показан как `active`, даже если реестр ещё не успел это отметить. Порядок полный: при равных значениях решает `file_id`, поэтому соседние страницы не пересекаются.
         */
        post: operations["searchFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        /**
         * Метаданные файла
         * @description Отдаёт метаданные из реестра; ответ может отставать от реестра на время жизни кэша (по умолчанию 45 секунд). Файл с истёкшим сроком показан со статусом `expired`; удалённого файла для клиента нет.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}/download": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Не отдавать, если содержимое уже есть у клиента.
                 * @example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        /**
         * Скачать файл
         * @description Передаёт содержимое с элемента хранения потоком. Поддержаны один участок (Range, If-Range) и условный запрос (If-None-Match); несколько участков в одном запросе отдаются файлом целиком.
         *
         *     Целый файл сверяется с контрольной суммой на ходу: при расхождении или обрыве на стороне хранилища соединение рвётся, и ответ не заканчивается как целый.
         */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Заголовки скачивания
         * @description Те же статус и заголовки, что у скачивания целиком, без содержимого. Range здесь ничего не значит (RFC 9110, 14.2).
         */
        head: operations["headDownload"];
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
         * @description Отвечает 200, пока процесс работает; зависимости не проверяет.
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
         * @description `ok` — всё доступно; `degraded` — служба работает не полностью (строятся индексы, нет списка элементов хранения); `fail` — недоступна PostgreSQL, реестр ещё не создан или нет ключей проверки токенов.
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
         * Метрики
         * @description Метрики в текстовой форме Prometheus.
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
        /** @description Условия поиска. Строки сравниваются после приведения к NFC; знак NUL — ошибка VALIDATION_ERROR. */
        SearchRequest: {
            /**
             * @description Что искать. exact — имя файла целиком без учёта регистра; partial — часть имени; fulltext — слова в имени, описании и метках (слова в кавычках — рядом, `or` — любое из двух, `-слово` — без этого слова; остальные знаки ничего не значат).
             * @example договор поставки 2026
             */
            query?: string;
            /**
             * @description Как понимать query и filename.
             * @default partial
             * @enum {string}
             */
            mode?: "exact" | "partial" | "fulltext";
            /**
             * @description Условие на имя. В режиме exact — имя целиком, в остальных — часть имени; регистр не важен.
             * @example скан
             */
            filename?: string;
            /**
             * @description Расширение с точкой или без, регистр не важен; составное (`tar.gz`) тоже.
             * @example pdf
             */
            file_extension?: string;
            /**
             * @description Файл должен нести все эти метки (точное совпадение).
             * @example [
             *       "договор",
             *       "2026"
             *     ]
             */
            tags?: string[];
            /**
             * @description Метаданные файла должны содержать этот объект (не больше 8 КиБ, глубина не больше 5).
             * @example {
             *       "department": "юридический"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            };
            checksum?: components["schemas"]["Sha256"];
            /**
             * @description Кто загрузил (точное совпадение).
             * @example sa_archive_x7k2
             */
            uploaded_by?: string;
            retention_policy?: components["schemas"]["RetentionPolicy"];
            /**
             * @description Состояние файла. Истёкшие по времени считаются expired, даже если реестр это ещё не отметил.
             * @default active
             * @enum {string}
             */
            status?: "active" | "expired" | "deleted" | "corrupted" | "missing";
            /** @description Размер не меньше, байт. */
            min_size?: number;
            /** @description Размер не больше, байт. */
            max_size?: number;
            /**
             * Format: date-time
             * @description Загружен не раньше (включительно).
             * @example 2026-01-01T00:00:00Z
             */
            uploaded_after?: string;
            /**
             * Format: date-time
             * @description Загружен раньше (исключая этот миг).
             * @example 2026-02-01T00:00:00Z
             */
            uploaded_before?: string;
            /**
             * @description Порядок. По умолчанию relevance для fulltext с query, иначе uploaded_at. По близости располагаются 500 новейших совпадений (200, когда их больше 10 000), остальные следуют за ними по времени загрузки (направление при этом не учитывается). Без query relevance — то же, что uploaded_at.
             * @enum {string}
             */
            sort_by?: "uploaded_at" | "original_filename" | "size" | "relevance";
            /**
             * @description Направление.
             * @default desc
             * @enum {string}
             */
            sort_order?: "asc" | "desc";
            /**
             * @description Сколько записей отдать.
             * @default 100
             */
            limit?: number;
            /**
             * @description Сколько записей пропустить. Когда найдено больше 10 000 файлов, пропустить больше 100 000 нельзя (VALIDATION_ERROR): сузьте запрос.
             * @default 0
             */
            offset?: number;
        };
        /** @description Страница найденного. */
        SearchPage: {
            /** @description Найденные файлы. */
            items: components["schemas"]["FoundFile"][];
            /** @description Сколько найдено всего. */
            total: number;
            /** @description true, если total — оценка: найдено больше 10 000, или часть имени короче трёх знаков ищется в большом реестре. */
            total_is_estimate: boolean;
            /** @description Размер страницы. */
            limit: number;
            /** @description Сколько записей пропущено. */
            offset: number;
            /** @description Есть ли записи за этой страницей. */
            has_more: boolean;
        };
        /** @description Метаданные файла и то, почему он найден. */
        FoundFile: {
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
            /** @description Близость к запросу от 0 до 1; есть только при порядке relevance у новейших совпадений. */
            relevance?: number;
            highlight?: components["schemas"]["Highlight"];
        };
        /** @description Где совпало: значения поля, разрезанные на части. Части подряд дают значение целиком; разметки внутри нет: показывая, клиент экранирует текст сам. */
        Highlight: {
            original_filename?: components["schemas"]["HighlightParts"];
            description?: components["schemas"]["HighlightParts"];
            /** @description Метки, в которых есть совпадение. */
            tags?: components["schemas"]["HighlightParts"][];
        };
        /** @description Части текста по порядку. */
        HighlightParts: {
            /** @description Текст как в поле. */
            text: string;
            /** @description Совпал ли этот кусок с запросом. */
            match: boolean;
        }[];
        /**
         * @description SHA-256 содержимого, шестнадцатеричная запись строчными буквами.
         * @example e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
         */
        Sha256: string;
        /**
         * @description temporary — черновик со сроком, permanent — постоянное хранение.
         * @enum {string}
         */
        RetentionPolicy: "temporary" | "permanent";
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
        /** @description Кто загрузил (sub токена). */
        uploaded_by: string;
        /**
         * Format: date-time
         * @description Время RFC 3339, UTC.
         * @example 2026-02-21T09:30:00.000Z
         */
        Timestamp: string;
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
         * @description active — доступен; expired — срок истёк; deleted — удалён; corrupted — содержимое или описание повреждено; missing — описание есть, содержимого нет.
         * @enum {string}
         */
        FileStatus: "active" | "expired" | "deleted" | "corrupted" | "missing";
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
        /** @description Метаданные файла — то, что видит клиент. Источник истины — attr.json рядом с файлом. */
        FileMetadata: {
            file_id: components["schemas"]["Uuid"];
            original_filename: components["schemas"]["Filename"];
            /** @example application/pdf */
            content_type: string;
            /** @description Размер в байтах. */
            size: number;
            checksum: components["schemas"]["Sha256"];
            /** @description Кто загрузил (sub токена). */
            uploaded_by: string;
            uploaded_at: components["schemas"]["Timestamp"];
            description: components["schemas"]["Description"];
            tags: components["schemas"]["Tags"];
            metadata: components["schemas"]["UserMetadata"];
            status: components["schemas"]["FileStatus"];
            retention_policy: components["schemas"]["RetentionPolicy"];
            ttl_days: components["schemas"]["TtlDays"] | null;
            expires_at: components["schemas"]["Timestamp"] | null;
            deleted_at: components["schemas"]["Timestamp"] | null;
            /** @description Растёт с каждой правкой. */
            version: number;
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
        /** @description Тело запроса больше допустимого (FILE_TOO_LARGE). */
        BodyTooLarge: {
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
        /** @description База данных недоступна, таблица реестра ещё не создана или поиск не уложился в отведённое время (NOT_READY). */
        SearchNotReady: {
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
        /** @description Файл лежит в архиве, и элемент хранения не отдаёт содержимое (MODE_NOT_ALLOWED). */
        Archived: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "MODE_NOT_ALLOWED",
                 *         "message": "The mode of the storage element does not allow this.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Срок хранения файла истёк (FILE_EXPIRED). */
        Expired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "FILE_EXPIRED",
                 *         "message": "The file has expired.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Такого участка в файле нет (INVALID_RANGE). */
        RangeNotSatisfiable: {
            headers: {
                "Content-Range": components["headers"]["ContentRange"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_RANGE",
                 *         "message": "The requested range is not in the file.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Хранилище не ответило или ответило неверно (SE_UNAVAILABLE). */
        StorageUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "SE_UNAVAILABLE",
                 *         "message": "The storage element is unavailable.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
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
        /** @description Такого файла нет (FILE_NOT_FOUND). */
        FileNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "FILE_NOT_FOUND",
                 *         "message": "There is no such file.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
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
    parameters: {
        /**
         * @description Участок содержимого (RFC 9110, 14.2); непонятное значение не учитывается.
         * @example bytes=0-1048575
         */
        Range: string;
        /**
         * @description Отдать участок, только если содержимое то же (сильная метка ETag); иначе файл целиком.
         * @example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
         */
        IfRange: string;
        /**
         * @description Не отдавать, если содержимое уже есть у клиента.
         * @example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
         */
        IfNoneMatch: string;
        /** @description Идентификатор файла (UUID, строчные буквы). */
        FileId: components["schemas"]["Uuid"];
    };
    requestBodies: never;
    headers: {
        /** @description Участки поддержаны, единица — байт. */
        AcceptRanges: "bytes";
        /** @description Длина тела в байтах. */
        ContentLength: number;
        /** @description Всегда `attachment`; имя в ASCII и в `filename*` (RFC 6266). */
        ContentDisposition: string;
        /** @description Идентификатор запроса; тот же стоит в журнале и в теле ошибки. */
        RequestId: string;
        /** @description Через сколько секунд повторить (RFC 9110, 10.2.3). */
        RetryAfter: number;
        /** @description Сильная метка содержимого, SHA-256 в шестнадцатеричной записи и в кавычках (RFC 9110, 8.8.3). */
        ETag: string;
        /** @description Сумма содержимого файла целиком, `sha-256=:base64:` (RFC 9530). */
        ReprDigest: string;
        /** @description Какой участок отдан (RFC 9110, 14.4). */
        ContentRange: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    searchFiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Условия поиска, порядок и страница. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description Страница найденного. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *           "original_filename": "договор_2026-скан.v2.pdf",
                     *           "content_type": "application/pdf",
                     *           "size": 482113,
                     *           "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                     *           "uploaded_by": "sa_archive_x7k2",
                     *           "uploaded_at": "2026-02-21T09:30:00.000Z",
                     *           "description": "Скан подписанного договора",
                     *           "tags": [
                     *             "договор",
                     *             "2026"
                     *           ],
                     *           "metadata": {
                     *             "department": "юридический"
                     *           },
                     *           "status": "active",
                     *           "retention_policy": "permanent",
                     *           "ttl_days": null,
                     *           "expires_at": null,
                     *           "deleted_at": null,
                     *           "version": 1,
                     *           "relevance": 0.87,
                     *           "highlight": {
                     *             "original_filename": [
                     *               {
                     *                 "text": "договор",
                     *                 "match": true
                     *               },
                     *               {
                     *                 "text": "_2026-скан.v2.pdf",
                     *                 "match": false
                     *               }
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "total_is_estimate": false,
                     *       "limit": 20,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["BodyTooLarge"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["SearchNotReady"];
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Метаданные файла. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "original_filename": "Договор №7_скан (копия).pdf",
                     *       "content_type": "application/pdf",
                     *       "size": 482113,
                     *       "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                     *       "uploaded_by": "sa_archive_x7k2",
                     *       "uploaded_at": "2026-02-21T09:30:00.000Z",
                     *       "description": "",
                     *       "tags": [],
                     *       "metadata": {},
                     *       "status": "active",
                     *       "retention_policy": "temporary",
                     *       "ttl_days": 30,
                     *       "expires_at": "2026-03-23T09:30:00.000Z",
                     *       "deleted_at": null,
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["FileMetadata"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    downloadFile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Не отдавать, если содержимое уже есть у клиента.
                 * @example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /**
                 * @description Участок содержимого (RFC 9110, 14.2); непонятное значение не учитывается.
                 * @example bytes=0-1048575
                 */
                Range?: components["parameters"]["Range"];
                /**
                 * @description Отдать участок, только если содержимое то же (сильная метка ETag); иначе файл целиком.
                 * @example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                 */
                "If-Range"?: components["parameters"]["IfRange"];
            };
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Файл целиком. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Length": components["headers"]["ContentLength"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description Запрошенный участок. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Length": components["headers"]["ContentLength"];
                    "Content-Range": components["headers"]["ContentRange"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description У клиента уже есть это содержимое. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["Archived"];
            410: components["responses"]["Expired"];
            416: components["responses"]["RangeNotSatisfiable"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StorageUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    headDownload: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Не отдавать, если содержимое уже есть у клиента.
                 * @example "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Файл есть; заголовки как у скачивания целиком. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Length": components["headers"]["ContentLength"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description У клиента уже есть это содержимое. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["Archived"];
            410: components["responses"]["Expired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StorageUnavailable"];
            503: components["responses"]["NotReady"];
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
        };
    };
}
