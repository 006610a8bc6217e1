// Порождено из storage-element/api/openapi.yaml командой npm run generate. Руками не правят: правят контракт.
// Типы запросов и ответов; кода здесь нет.

export interface paths {
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Список файлов
         * @description Страница описаний с точным `total`. `offset` удобен человеку; обходить всё надёжнее по ключу: передавайте `after` из `next_after`, пока он не станет `null`. `offset` и `after` вместе не допускаются. Порядок — по `file_id`. Запись с повреждённым описанием из списка не выпадает: её статус — `corrupted`, а чего о файле узнать нельзя, то заменено: имя — `file_id`, сумма — нули, отправитель — `unknown`, размер — сколько байт лежит на диске, время загрузки — начало дня. Пустая страница возможна только на исправном хранилище: если каталог данных пропал, ответ 503.
         */
        get: operations["listFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Лента изменений
         * @description Что изменилось после `after` (позиция журнала), удаления включены. Лента, прочитанная с нуля, даёт список файлов. Об удалённом лента помнит не вечно (`SE_TOMBSTONE_KEEP`); `history_from` — до какой позиции забыто. Если `epoch` другой, чем прежде, или `history_lost` — истина, история утрачена: нужен полный список, а чтение ленты продолжают с `next_after` этого ответа.
         */
        get: operations["listChanges"];
        put?: never;
        post?: never;
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
         * @description Описание файла в любом статусе, в любом режиме элемента.
         */
        get: operations["getFile"];
        /**
         * Сохранить файл
         * @description Тело — байты файла без обёртки. `file_id` выбирает отправитель, поэтому повтор безопасен: тот же идентификатор с тем же содержимым отвечает 200 и ничего не меняет, с другим содержимым — 409 CONFLICT. Отказ по режиму, месту и размеру приходит до чтения тела. `uploaded_by` из метаданных принимается только с правом `storage:write`, иначе пишется `sub` токена.
         */
        put: operations["putFile"];
        post?: never;
        /**
         * Удалить файл
         * @description Мягкое удаление: статус становится `deleted`, чтение прекращается сразу, байты уходят после срока ожидания и до тех пор восстановимы. Повтор на удалённом файле отвечает 204. Допустимо только в режиме edit.
         */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        /**
         * Изменить метаданные файла
         * @description Меняет имя, описание, метки и метаданные; чего в теле нет, то остаётся. Содержимое, политика и срок не меняются. `version` растёт на единицу. Допустимо в режимах edit и rw.
         */
        patch: operations["updateFile"];
        trace?: never;
    };
    "/api/v1/files/{file_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Восстановить удалённый или истёкший файл
         * @description Возвращает файл из статуса `deleted` или `expired`, пока его байты не убраны. Доступный файл — 409 CONFLICT. Если срок хранения уже прошёл, он отсчитывается заново: `expires_at` — через `ttl_days` дней от восстановления. Перед ответом содержимое перечитывается. Его нет или оно не то — файл возвращается со статусом `missing` или `corrupted`, и скачать его нельзя.
         */
        post: operations["restoreFile"];
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
                /** @description Участок файла, `bytes=…` (RFC 9110, 14.2). Один участок — 206; несколько участков и чужие единицы не поддерживаются, ответ — файл целиком (200); участка нет в файле — 416. */
                Range?: string;
                /** @description Участок отдать, только если метка совпала, иначе файл целиком (RFC 9110, 13.1.5). Годится лишь сильная метка: дата и слабая метка не совпадают никогда. */
                "If-Range"?: string;
                /** @description Метки, которые уже есть у клиента, или `*`; совпала любая — 304 (RFC 9110, 13.1.2). */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        /**
         * Скачать содержимое
         * @description Байты файла потоком. Режим ar содержимого не отдаёт (409); файл с истёкшим сроком — 410. Исправное описание без содержимого — это авария (500), а не 404.
         */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Заголовки содержимого
         * @description Те же статус и заголовки, что у скачивания, без тела (RFC 9110, 9.3.2). Range у HEAD не действует. Ответы с ошибкой тоже без тела.
         */
        head: operations["headDownload"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Кто это и в каком состоянии
         * @description Тождество, эпоха, режим, ёмкость и счётчики элемента. Открыто без токена: ни имён файлов, ни путей здесь нет.
         */
        get: operations["getInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mode/transition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Сменить режим
         * @description Переходы: rw → ro → ar по одному шагу; ro → rw только с `confirm: true` (иначе CONFIRMATION_REQUIRED); edit замкнут в себе. Прочее — INVALID_TRANSITION. Ответ приходит, когда режим записан надёжно. Переход в нынешний режим — тоже INVALID_TRANSITION.
         */
        post: operations["transitionMode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maintenance/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ход и итог сверки
         * @description Идущая сверка или последняя законченная, хотя бы и до перезапуска; в отчёте до 1000 первых находок и их полный счёт.
         */
        get: operations["getReconcile"];
        put?: never;
        /**
         * Начать сверку
         * @description Сверяет описания, содержимое и каталог в фоне. Ничего не удаляет: помечает `missing` и `corrupted`, снимает пометки с того, что снова цело, а содержимое без описания переносит в карантин только по `move_orphans`. Описание, которого каталог не знает (`orphaned_attr`), — только находка: файлом элемента оно станет, когда каталог построят заново. С `verify_checksums` пересчитываются все суммы: это и есть проверка сумм по просьбе. Работает в любом режиме.
         */
        post: operations["startReconcile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maintenance/gc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Состояние уборки
         * @description Сколько ждёт удаления, сколько освобождено, когда следующий проход.
         */
        get: operations["getGc"];
        put?: never;
        /**
         * Начать уборку
         * @description Помечает файлы с истёкшим сроком и убирает байты, чья отсрочка (`SE_GC_GRACE`) прошла. С `dry_run` только считает. Идёт в фоне; если уборка уже идёт — 409 CONFLICT, в режимах ro и ar — 409 MODE_NOT_ALLOWED. Если часам элемента нет веры (`suspended`) — 409 CONFIRMATION_REQUIRED: проверьте часы и повторите с `confirm`.
         */
        post: operations["runGc"];
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
         * @description Отвечает, пока процесс способен отвечать; ни диск, ни соседи не проверяются.
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
         * Готов ли элемент
         * @description Чтение и запись проверяются порознь: полный или доступный только на чтение диск — это `degraded` (200), чтение продолжается. `fail` (503) — когда нельзя и читать либо нельзя проверить ни один токен.
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
         * @description Счётчики запросов и хранилища в текстовой форме Prometheus.
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
        /**
         * @description Метаданные загружаемого файла (содержимое заголовка Artstore-Metadata). temporary принимается элементом в режиме edit, без `ttl_days` живёт 30 дней; permanent — в режиме rw, `ttl_days` у него нет.
         * @example {
         *       "original_filename": "a.txt",
         *       "content_type": "text/plain",
         *       "description": "",
         *       "tags": [],
         *       "metadata": {},
         *       "retention_policy": "temporary",
         *       "ttl_days": 30,
         *       "uploaded_by": "user1"
         *     }
         */
        FileIntent: {
            original_filename: components["schemas"]["Filename"];
            /** @example application/pdf */
            content_type: string;
            description?: components["schemas"]["Description"];
            tags?: components["schemas"]["Tags"];
            metadata?: components["schemas"]["UserMetadata"];
            retention_policy: components["schemas"]["RetentionPolicy"];
            ttl_days?: components["schemas"]["TtlDays"] | null;
            /** @description Конечный отправитель; действует только с правом storage:write. */
            uploaded_by?: string;
        };
        FilePage: {
            items: components["schemas"]["ElementFile"][];
            /** @description Сколько файлов с этим статусом всего. */
            total: number;
            limit: number;
            /** @description При обходе по `after` — 0. */
            offset: number;
            /** @description Есть ли записи за этой страницей. */
            has_more: boolean;
            /** @description С чего продолжить обход по ключу; `null` — записей больше нет. */
            next_after: components["schemas"]["Uuid"] | null;
        };
        /** @description Одно изменение ленты. */
        Change: components["schemas"]["ChangeUpsert"] | components["schemas"]["ChangeRemove"];
        /** @description Файл появился или изменился; описание — нынешнее. */
        ChangeUpsert: {
            revision: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "upsert";
            file_id: components["schemas"]["Uuid"];
            file: components["schemas"]["ElementFile"];
        };
        /** @description Файла на элементе больше нет. */
        ChangeRemove: {
            revision: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "remove";
            file_id: components["schemas"]["Uuid"];
            /**
             * @description expired — истёк срок хранения, trash — истёк срок в корзине.
             * @enum {string}
             */
            reason: "expired" | "trash";
        };
        ChangePage: {
            epoch: components["schemas"]["Epoch"];
            items: components["schemas"]["Change"][];
            /** @description С чего читать дальше. */
            next_after: number;
            /** @description Есть ли изменения за этой порцией. */
            has_more: boolean;
            /** @description До какой позиции об удалённом забыто. */
            history_from: number;
            /** @description Лента до `after` уже неполна: нужен полный список. */
            history_lost: boolean;
        };
        /**
         * @description Меняется, когда история журнала прервана (восстановление из копии, новый журнал).
         * @example 0197a3f0-0000-7000-8000-000000000001
         */
        Epoch: string;
        ElementInfo: {
            storage_id: components["schemas"]["Uuid"];
            epoch: components["schemas"]["Epoch"];
            mode: components["schemas"]["StorageMode"];
            /**
             * @description online — всё работает; degraded — часть операций невозможна; maintenance — идёт перестройка каталога.
             * @enum {string}
             */
            status: "online" | "degraded" | "maintenance";
            /** @description Версия программы. */
            version: string;
            capacity: {
                /** @description Сколько элементу можно занять. */
                total_bytes: number;
                /** @description Сколько занято, ожидающее удаления включено. */
                used_bytes: number;
                /** @description Сколько ещё можно принять. */
                available_bytes: number;
            };
            /** @description Число файлов по статусам. При maintenance — сколько уже внесено в каталог. */
            counts: {
                active: number;
                expired: number;
                deleted: number;
                corrupted: number;
                missing: number;
            };
            /** @description Последняя позиция журнала. */
            revision: number;
            /** @description Что допускает нынешний режим. */
            allowed_operations: components["schemas"]["ElementOperation"][];
        };
        /** @enum {string} */
        ElementOperation: "upload" | "download" | "list" | "metadata" | "update" | "delete" | "restore";
        ModeTransition: {
            target_mode: components["schemas"]["StorageMode"];
            /** @description Подтверждение; нужно для ro → rw. */
            confirm?: boolean;
        };
        ModeState: {
            storage_id: components["schemas"]["Uuid"];
            mode: components["schemas"]["StorageMode"];
        };
        ReconcileOptions: {
            /**
             * @description Только отчёт: статусы не меняются, ничего не переносится.
             * @default false
             */
            dry_run?: boolean;
            /**
             * @description Пересчитать SHA-256 всего содержимого.
             * @default false
             */
            verify_checksums?: boolean;
            /**
             * @description Перенести осиротевшие файлы в карантин.
             * @default false
             */
            move_orphans?: boolean;
        };
        ReconcileState: {
            /**
             * @description idle — сверки ещё не было.
             * @enum {string}
             */
            status: "idle" | "running" | "completed" | "failed" | "interrupted";
            /** @enum {string|null} */
            trigger: "manual" | "schedule" | null;
            options: components["schemas"]["ReconcileOptions"] | null;
            started_at: components["schemas"]["Timestamp"] | null;
            finished_at: components["schemas"]["Timestamp"] | null;
            next_run_at: components["schemas"]["Timestamp"] | null;
            progress: {
                files_total: number;
                files_checked: number;
                bytes_checked: number;
            };
            /** @description Сколько находок всего. */
            issues_total: number;
            /** @description Число находок по видам. */
            issue_counts: {
                orphaned_file: number;
                missing_file: number;
                checksum_mismatch: number;
                size_mismatch: number;
                orphaned_attr: number;
            };
            /** @description Первые находки. */
            issues: components["schemas"]["ReconcileIssue"][];
            /** @description Почему сверка не завершилась. */
            error: string | null;
        };
        ReconcileIssue: {
            /** @enum {string} */
            type: "orphaned_file" | "missing_file" | "checksum_mismatch" | "size_mismatch" | "orphaned_attr";
            /** @description О каком файле речь; `null`, если идентификатор узнать нельзя. */
            file_id: components["schemas"]["Uuid"] | null;
            description: string;
            /**
             * @description Что сделано.
             * @enum {string}
             */
            action: "none" | "marked" | "quarantined";
        };
        GcOptions: {
            /**
             * @description Только посчитать.
             * @default false
             */
            dry_run?: boolean;
            /**
             * @description Часы элемента проверены и верны: остановка из-за них снимается.
             * @default false
             */
            confirm?: boolean;
        };
        GcState: {
            /**
             * @description idle — уборки ещё не было; interrupted — её оборвала остановка.
             * @enum {string}
             */
            status: "idle" | "running" | "completed" | "failed" | "interrupted";
            /** @enum {string|null} */
            trigger: "manual" | "schedule" | null;
            dry_run: boolean;
            started_at: components["schemas"]["Timestamp"] | null;
            finished_at: components["schemas"]["Timestamp"] | null;
            next_run_at: components["schemas"]["Timestamp"] | null;
            /** @description Что пора убрать, а байты ещё на месте. */
            backlog: {
                files: number;
                bytes: number;
            };
            /** @description Все удалённые и истёкшие, чьи байты на месте; их можно восстановить. В их числе и backlog. */
            trash: {
                files: number;
                bytes: number;
            };
            /** @description Итог идущего или последнего прохода; у dry_run — что было бы сделано. */
            result: {
                files_expired: number;
                files_removed: number;
                bytes_freed: number;
                /** @description Сколько записей об убранном забыла лента. */
                tombstones_forgotten: number;
            };
            /** @description Почему уборка остановлена (скачок часов), иначе `null`. */
            suspended: string | null;
            error: string | null;
        };
        /**
         * Format: uuid
         * @example 0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41
         */
        Uuid: string;
        /**
         * @description active — доступен; expired — срок истёк; deleted — удалён; corrupted — содержимое или описание повреждено; missing — описание есть, содержимого нет.
         * @enum {string}
         */
        FileStatus: "active" | "expired" | "deleted" | "corrupted" | "missing";
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
        /** @description Файл, каким его знает элемент хранения, — FileMetadata и позиция последней перемены в его журнале. */
        ElementFile: {
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
            /** @description Позиция последней перемены в журнале элемента. */
            revision: number;
        };
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
        /** @description Правка метаданных; чего в теле нет, то не меняется. */
        FileEdit: {
            original_filename?: components["schemas"]["Filename"];
            description?: components["schemas"]["Description"];
            tags?: components["schemas"]["Tags"];
            metadata?: components["schemas"]["UserMetadata"];
        };
        /**
         * @description Режим элемента хранения.
         * @enum {string}
         */
        StorageMode: "edit" | "rw" | "ro" | "ar";
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
        /** @description Элемент этого файла не знает (FILE_NOT_FOUND); в теле названы элемент и файл. */
        FileNotFound: {
            headers: {
                "Artstore-Storage-Id": components["headers"]["StorageId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "FILE_NOT_FOUND",
                 *         "message": "There is no such file.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *         "storage_id": "0197a3f0-0000-7000-8000-00000000000a"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Режим не допускает это действие (MODE_NOT_ALLOWED); состояние файла не допускает его (CONFLICT). */
        ModeConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "MODE_NOT_ALLOWED",
                 *         "message": "The mode of the storage element does not allow this."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Режим или политика не допускают запись: temporary — только в edit, permanent — только в rw (MODE_NOT_ALLOWED); под этим идентификатором уже другое содержимое либо файл удалён (CONFLICT). */
        PutConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CONFLICT",
                 *         "message": "The request conflicts with the present state.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Файл и так доступен (CONFLICT) или режим не допускает восстановление (MODE_NOT_ALLOWED). */
        RestoreConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CONFLICT",
                 *         "message": "The request conflicts with the present state.",
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Такого перехода нет (INVALID_TRANSITION) или он требует подтверждения (CONFIRMATION_REQUIRED). */
        TransitionConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CONFIRMATION_REQUIRED",
                 *         "message": "The action must be confirmed: confirm = true."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Сверка уже идёт (RECONCILE_IN_PROGRESS). */
        ReconcileConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "RECONCILE_IN_PROGRESS",
                 *         "message": "A reconciliation is already running."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Уборка уже идёт (CONFLICT), режим её не допускает (MODE_NOT_ALLOWED), часам нет веры (CONFIRMATION_REQUIRED). */
        GcConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CONFLICT",
                 *         "message": "The request conflicts with the present state."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Срок хранения файла истёк (FILE_EXPIRED). */
        FileExpired: {
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
        /** @description Содержимое не то, что заявлено: сумма (CHECKSUM_MISMATCH) или длина (LENGTH_MISMATCH). */
        BodyMismatch: {
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
        /** @description Такого участка в файле нет (INVALID_RANGE). */
        InvalidRange: {
            headers: {
                "Content-Range": components["headers"]["ContentRange"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_RANGE",
                 *         "message": "The requested range is not in the file."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Места нет (STORAGE_FULL). */
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
    parameters: {
        /** @description Сколько записей отдать. */
        Limit: number;
        /** @description Идентификатор файла (UUID, строчные буквы). */
        FileId: components["schemas"]["Uuid"];
    };
    requestBodies: never;
    headers: {
        /** @description Какой элемент ответил. */
        StorageId: components["schemas"]["Uuid"];
        /** @description Участки можно запрашивать в байтах (RFC 9110, 14.3). */
        AcceptRanges: "bytes";
        /** @description Имя файла для сохранения, `attachment` с запасным ASCII-именем и `filename*` (RFC 6266). */
        ContentDisposition: string;
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
    listFiles: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. Не вместе с `after`. */
                offset?: number;
                /** @description Отдать записи, чей `file_id` больше этого (значение `next_after` прошлой страницы). */
                after?: components["schemas"]["Uuid"];
                /** @description Только файлы с этим статусом. */
                status?: components["schemas"]["FileStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Страница списка. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilePage"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    listChanges: {
        parameters: {
            query?: {
                /** @description Последняя уже известная позиция; 0 — с начала. */
                after?: number;
                /** @description Значение `history_from` с первой страницы чтения, начатого с нуля. С ним читатель, который идёт по старым позициям, не получит `history_lost` из-за того, что забыто ещё до начала его чтения. */
                history_from?: number;
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Порция изменений по возрастанию `revision`. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePage"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
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
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ElementFile"];
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
    putFile: {
        parameters: {
            query?: never;
            header: {
                /** @description Метаданные файла — base64url от JSON (схема FileIntent), не больше 48 КиБ. */
                "Artstore-Metadata": string;
                /** @description Верхняя граница длины тела. По ней заранее проверяется место, когда длина неизвестна (нет Content-Length); тело длиннее отвергается (FILE_TOO_LARGE). */
                "Artstore-Length-Max"?: number;
                /** @description Длина тела в байтах; без неё тело идёт кусками (chunked). */
                "Content-Length"?: number;
                /** @description Ожидаемая сумма содержимого, `sha-256=:base64:` (RFC 9530). Не совпала — 422, на диске ничего не остаётся. Суммы по другим алгоритмам не проверяются. */
                "Repr-Digest"?: string;
            };
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        /** @description Байты файла. Пустой файл допустим. */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Файл с этим идентификатором и содержимым уже есть. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ElementFile"];
                };
            };
            /** @description Файл сохранён; запись переживёт отключение питания. */
            201: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ElementFile"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["PutConflict"];
            413: components["responses"]["FileTooLarge"];
            422: components["responses"]["BodyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
            507: components["responses"]["StorageFull"];
        };
    };
    deleteFile: {
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
            /** @description Файл удалён. */
            204: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["ModeConflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    updateFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileEdit"];
            };
        };
        responses: {
            /** @description Метаданные после правки. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ElementFile"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["ModeConflict"];
            410: components["responses"]["FileExpired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
            507: components["responses"]["StorageFull"];
        };
    };
    restoreFile: {
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
            /** @description Файл возвращён; скачивается он, если статус `active`. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ElementFile"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["RestoreConflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
            507: components["responses"]["StorageFull"];
        };
    };
    downloadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Участок файла, `bytes=…` (RFC 9110, 14.2). Один участок — 206; несколько участков и чужие единицы не поддерживаются, ответ — файл целиком (200); участка нет в файле — 416. */
                Range?: string;
                /** @description Участок отдать, только если метка совпала, иначе файл целиком (RFC 9110, 13.1.5). Годится лишь сильная метка: дата и слабая метка не совпадают никогда. */
                "If-Range"?: string;
                /** @description Метки, которые уже есть у клиента, или `*`; совпала любая — 304 (RFC 9110, 13.1.2). */
                "If-None-Match"?: string;
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
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
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
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    "Content-Range": components["headers"]["ContentRange"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description Содержимое у клиента то же. */
            304: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["ModeConflict"];
            410: components["responses"]["FileExpired"];
            416: components["responses"]["InvalidRange"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    headDownload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Участок файла, `bytes=…` (RFC 9110, 14.2). Один участок — 206; несколько участков и чужие единицы не поддерживаются, ответ — файл целиком (200); участка нет в файле — 416. */
                Range?: string;
                /** @description Участок отдать, только если метка совпала, иначе файл целиком (RFC 9110, 13.1.5). Годится лишь сильная метка: дата и слабая метка не совпадают никогда. */
                "If-Range"?: string;
                /** @description Метки, которые уже есть у клиента, или `*`; совпала любая — 304 (RFC 9110, 13.1.2). */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Идентификатор файла (UUID, строчные буквы). */
                file_id: components["parameters"]["FileId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Заголовки файла. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    "Repr-Digest": components["headers"]["ReprDigest"];
                    "Accept-Ranges": components["headers"]["AcceptRanges"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Содержимое у клиента то же. */
            304: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["ModeConflict"];
            410: components["responses"]["FileExpired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Сведения об элементе. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ElementInfo"];
                };
            };
            400: components["responses"]["ValidationError"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    transitionMode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModeTransition"];
            };
        };
        responses: {
            /** @description Режим действует. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModeState"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["TransitionConflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getReconcile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Состояние сверки. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileState"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    startReconcile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReconcileOptions"];
            };
        };
        responses: {
            /** @description Сверка началась. */
            202: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileState"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["ReconcileConflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getGc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Состояние уборки. */
            200: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GcState"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    runGc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["GcOptions"];
            };
        };
        responses: {
            /** @description Уборка началась. */
            202: {
                headers: {
                    "Artstore-Storage-Id": components["headers"]["StorageId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GcState"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["GcConflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
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
