// Порождено из admin-module/api/openapi.yaml командой npm run generate. Руками не правят: правят контракт.
// Типы запросов и ответов; кода здесь нет.

export interface paths {
    "/api/v1/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Выдать токен службе
         * @description Поток client credentials (RFC 6749, 4.4). Форма — для обычных клиентов OAuth, с client_secret_basic или client_secret_post, и тогда ошибки по RFC 6749, 5.2; тело JSON — с ошибками в едином виде. scope сужает права; resource (RFC 8707) или audience привязывает токен к одному элементу хранения: aud = storage_id. Такой токен — только для учётных записей с правом storage:read или storage:write: остальным форма отвечает invalid_target, JSON — FORBIDDEN. Просьбы ограничены по адресу и по учётной записи: лишним — RATE_LIMITED с Retry-After, одинаково для формы и JSON.
         */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/jwks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ключи проверки подписи
         * @description Открытые ключи RS256 (RFC 7517) — действующий, прежний на время отсрочки и следующий, уже объявленный.
         */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Описание сервера авторизации
         * @description Метаданные RFC 8414, по которым клиенты OAuth находят адреса и возможности.
         */
        get: operations["getAuthorizationServerMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Войти
         * @description Имя и пароль меняются на токен доступа и токен обновления. После пяти неудач имя закрыто на 15 минут; о том, есть ли такое имя, ответы ничего не говорят. Если пароль временный, токен доступа годится только для смены пароля.
         */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Продлить сеанс
         * @description Токен обновления одноразовый и меняется на новую пару. Повторное предъявление старого токена закрывает весь сеанс.
         */
        post: operations["refreshSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Выйти
         * @description Закрывает сеанс, которому принадлежит токен доступа; с all = true — все сеансы этого человека.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Кто я
         * @description Учётная запись того, кому принадлежит токен.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-auth/change-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Сменить свой пароль
         * @description Нужен нынешний пароль. Новый — не короче 12 знаков и не из списка расхожих. Все прежние сеансы закрываются, в ответе — новый. Неверный нынешний пароль считается неудачной попыткой входа.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Список администраторов
         * @description По имени, страницами.
         */
        get: operations["listAdminUsers"];
        put?: never;
        /**
         * Завести администратора
         * @description Без password выдаётся одноразовый пароль: он показан один раз, годен 7 дней и меняется при первом входе.
         */
        post: operations["createAdminUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * Один администратор
         * @description Учётная запись без пароля.
         */
        get: operations["getAdminUser"];
        /**
         * Изменить администратора
         * @description Роль, состояние, полное имя; чего в теле нет, то не меняется. Перемена роли или состояния закрывает сеансы. Последнего действующего admin и самого себя нельзя понизить или отключить.
         */
        put: operations["updateAdminUser"];
        post?: never;
        /**
         * Удалить администратора
         * @description Последнего действующего admin и самого себя удалить нельзя.
         */
        delete: operations["deleteAdminUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-users/{id}/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Сбросить пароль администратора
         * @description Выдаёт одноразовый пароль (показан один раз, годен 7 дней), закрывает сеансы, снимает блокировку входа; при входе пароль надо сменить.
         */
        post: operations["resetAdminUserPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin-users/{id}/unlock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Снять блокировку входа
         * @description Забывает неудачные попытки; если имя не заблокировано — NOT_LOCKED.
         */
        post: operations["unlockAdminUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Список учётных записей служб
         * @description По имени, страницами, без секретов.
         */
        get: operations["listServiceAccounts"];
        put?: never;
        /**
         * Завести учётную запись службы
         * @description client_id вида sa_<name>_<random>; секрет показан один раз и хранится хешем.
         */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/service-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * Одна учётная запись службы
         * @description Без секрета.
         */
        get: operations["getServiceAccount"];
        /**
         * Изменить учётную запись службы
         * @description Имя, описание, права, состояние; чего в теле нет, то не меняется. client_id не меняется никогда.
         */
        put: operations["updateServiceAccount"];
        post?: never;
        /**
         * Удалить учётную запись службы
         * @description Новых токенов она больше не получит; выданные доживают свой короткий срок.
         */
        delete: operations["deleteServiceAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/service-accounts/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Выпустить новый секрет
         * @description Прежний секрет перестаёт действовать сразу или, с overlap_hours, живёт ещё столько часов.
         */
        post: operations["rotateServiceAccountSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Посмотреть, что по адресу
         * @description Спрашивает /info по адресу и ничего не записывает. Только https (http — по настройке), только разрешённые адреса, без перенаправлений; имя разрешается один раз, и соединение идёт именно туда.
         */
        post: operations["discoverStorageElement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Список элементов хранения
         * @description По имени, страницами; отсюда Ingester и Query узнают, куда идти.
         */
        get: operations["listStorageElements"];
        put?: never;
        /**
         * Подключить элемент хранения
         * @description Спрашивает /info теми же правилами, что и discover, и записывает элемент под его собственным storage_id. Полная синхронизация его файлов начинается сама.
         */
        post: operations["registerStorageElement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * Один элемент хранения
         * @description Последнее, что о нём известно.
         */
        get: operations["getStorageElement"];
        /**
         * Изменить имя или адрес элемента
         * @description Новый адрес проверяется сразу; если по нему отвечает другой storage_id — CONFLICT, и ничего не меняется.
         */
        put: operations["updateStorageElement"];
        post?: never;
        /**
         * Отключить элемент хранения
         * @description Пока в реестре есть его живые файлы — CONFLICT. Файлы на самом элементе не трогаются.
         */
        delete: operations["deleteStorageElement"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Синхронизировать реестр с элементом
         * @description changes — изменения после последней известной позиции; full — полный перечень. Идёт в фоне, ход виден в /syncs. dry_run только считает: absent — сколько строк не встретилось, marked_deleted — сколько было бы помечено. Строка помечается, если её нет в двух полных проходах подряд или она удалена в ленте и если сам элемент ответил о ней 404. Потери сверх бюджета (больше 10 и больше 1 % строк элемента) ждут confirm.
         */
        post: operations["startStorageElementSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}/syncs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * История синхронизаций элемента
         * @description Новые сверху; идущий проход виден здесь же со своими счётчиками.
         */
        get: operations["listStorageElementSyncs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}/syncs/{sync_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
                /** @description Какой проход. */
                sync_id: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Прервать синхронизацию
         * @description Идущий проход останавливается через секунду-другую, даже если ждёт элемента; уже внесённое остаётся.
         */
        post: operations["cancelStorageElementSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}/mode": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Сменить режим элемента
         * @description Передаётся элементу. rw → ro → ar по одному шагу, ro → rw только с confirm, edit не меняется.
         */
        post: operations["transitionStorageElementMode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * Ход и итог сверки на элементе
         * @description Ответ элемента как есть (getReconcile).
         */
        get: operations["getStorageElementReconcile"];
        put?: never;
        /**
         * Начать сверку на элементе
         * @description Передаётся элементу; ответ — по его контракту (startReconcile).
         */
        post: operations["startStorageElementReconcile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage-elements/{id}/gc": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        /**
         * Состояние уборки на элементе
         * @description Ответ элемента как есть (getGc).
         */
        get: operations["getStorageElementGc"];
        put?: never;
        /**
         * Запустить уборку на элементе
         * @description Передаётся элементу; ответ — по его контракту (runGc).
         */
        post: operations["runStorageElementGc"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jwt-keys/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Состояние ключей подписи
         * @description Действующий ключ, следующий (объявлен, но ещё не подписывает) и прежние до конца отсрочки.
         */
        get: operations["getJwtKeysStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jwt-keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Сменить ключ подписи
         * @description Новый ключ сначала объявляется в JWKS и лишь потом начинает подписывать; прежний остаётся в JWKS на время отсрочки. С immediate прежние ключи перестают действовать сразу: все выданные токены становятся недействительны.
         */
        post: operations["rotateJwtKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Список файлов реестра
         * @description Новые загрузки сверху, страницами. Строка называет элемент хранения, поэтому службе нужно и storage:read; обычные клиенты ищут файлы в Query Module.
         */
        get: operations["listFiles"];
        put?: never;
        /**
         * Записать файл в реестр
         * @description Зовёт Ingester, когда байты уже в безопасности на элементе. Повтор с тем же file_id безопасен: более старая revision никогда не затирает более новую.
         */
        post: operations["registerFile"];
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
         * Один файл реестра
         * @description Запись реестра вместе с элементом, на котором файл лежит; поэтому службе нужно и storage:read.
         */
        get: operations["getFile"];
        /**
         * Изменить метаданные файла
         * @description Сначала меняется attr.json на элементе, потом строка реестра. Чего в теле нет, то не меняется. Файл может быть чьим угодно, поэтому службе нужно и storage:write.
         */
        put: operations["updateFile"];
        post?: never;
        /**
         * Удалить файл
         * @description Сначала на элементе (в корзину), потом в реестре. Пока корзина не очищена, файл можно вернуть. Файл может быть чьим угодно, поэтому службе нужно и storage:write.
         */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
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
         * Вернуть удалённый файл
         * @description Пока файл в корзине элемента. Сначала на элементе, потом в реестре. Файл может быть чьим угодно, поэтому службе нужно и storage:write.
         */
        post: operations["restoreFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}/report-missing": {
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
         * Сообщить, что элемент не нашёл файл
         * @description Ленивая очистка. На слово не верим — сами спрашиваем элемент; только его именной 404 с тем же storage_id и file_id помечает строку deleted. В ответе — нынешняя строка, какой бы она ни оказалась.
         */
        post: operations["reportMissingFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Сводка
         * @description Числа для приборной доски; число запросов к базе постоянно, файлы считают поддерживаемые счётчики.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Журнал действий
         * @description Кто, что, над чем, откуда и с каким итогом; новые сверху. Секретов в журнале нет. total точен до 100 000, дальше журнал не пересчитывается; выгрузка даёт всё.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Выгрузить журнал
         * @description Тот же отбор, потоком, от старых к новым — CSV (RFC 4180), список JSON или по объекту JSON в строке (ndjson). Сама выгрузка тоже попадает в журнал.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
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
         * @description Отвечает, пока процесс способен отвечать; соседей не спрашивает.
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
         * @description База данных, ключи подписи, элементы хранения. Худшее состояние решает общее.
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
         * @description Текстовый вид, для сборщика метрик.
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
        /** @description Поля формы RFC 6749, 4.4.2. Незнакомые поля сервер пропускает (RFC 6749, 3.2), поэтому схема открыта, а ошибки в полях отвечаются кодами RFC 6749, 5.2. Повторённое поле — invalid_request, два resource — invalid_target. */
        TokenForm: {
            /**
             * @description Всегда client_credentials.
             * @example client_credentials
             */
            grant_type?: unknown;
            /** @description Кто просит; при client_secret_basic не нужен. */
            client_id?: unknown;
            /** @description Секрет; при client_secret_basic не нужен. */
            client_secret?: unknown;
            /** @description Какие права нужны, через пробел; без него — все права учётной записи. */
            scope?: unknown;
            /** @description Для кого токен (RFC 8707) — storage_id элемента или urn:uuid:<storage_id>. */
            resource?: unknown;
            /** @description То же, что resource. */
            audience?: unknown;
        } & {
            [key: string]: unknown;
        };
        TokenRequest: {
            /** @constant */
            grant_type?: "client_credentials";
            client_id: string;
            client_secret: string;
            /** @description Какие права нужны, через пробел. */
            scope?: string;
            /** @description Для кого токен (RFC 8707). */
            resource?: string;
            /** @description То же, что resource. */
            audience?: string;
        };
        AccessToken: {
            /** @description JWT RS256 (RFC 9068). */
            access_token: string;
            /** @constant */
            token_type: "Bearer";
            /** @description Секунд до истечения. */
            expires_in: number;
            /** @description Выданные права через пробел. */
            scope: string;
        };
        /** @description Ошибка RFC 6749, 5.2. */
        OAuthError: {
            /** @enum {string} */
            error: "invalid_request" | "invalid_client" | "invalid_grant" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" | "invalid_target";
            error_description?: string;
        };
        Jwks: {
            keys: {
                /** @constant */
                kty: "RSA";
                /** @constant */
                use: "sig";
                /** @constant */
                alg: "RS256";
                kid: string;
                /** @description Модуль, base64url. */
                n: string;
                /** @description Показатель, base64url. */
                e: string;
            }[];
        };
        AuthorizationServerMetadata: {
            issuer: string;
            token_endpoint: string;
            jwks_uri: string;
            scopes_supported: components["schemas"]["Scope"][];
            response_types_supported: string[];
            grant_types_supported: string[];
            token_endpoint_auth_methods_supported: string[];
        };
        /** @enum {string} */
        Scope: "files:read" | "files:write" | "storage:read" | "storage:write" | "admin:read" | "admin:write";
        /**
         * @description admin — полный доступ, readonly — только чтение.
         * @enum {string}
         */
        Role: "admin" | "readonly";
        LoginRequest: {
            username: string;
            password: string;
        };
        RefreshRequest: {
            refresh_token: string;
        };
        LogoutRequest: {
            /**
             * @description Закрыть все сеансы этого человека.
             * @default false
             */
            all?: boolean;
        };
        PasswordChange: {
            current_password: string;
            new_password: components["schemas"]["NewPassword"];
        };
        /** @description Не короче 12 знаков и не из списка расхожих. */
        NewPassword: string;
        Session: {
            access_token: string;
            /** @constant */
            token_type: "Bearer";
            /** @description Секунд до истечения токена доступа. */
            expires_in: number;
            /** @description Одноразовый. */
            refresh_token: string;
            /** @description Секунд до истечения токена обновления. */
            refresh_expires_in: number;
            /** @description Пароль временный; пока он не сменён, токен годится только для этого. */
            must_change_password: boolean;
            user: components["schemas"]["AdminUser"];
        };
        /**
         * @description active — действует, disabled — вход закрыт.
         * @enum {string}
         */
        AdminUserStatus: "active" | "disabled";
        AdminUser: {
            id: components["schemas"]["Uuid"];
            username: components["schemas"]["Username"];
            full_name: string;
            role: components["schemas"]["Role"];
            status: components["schemas"]["AdminUserStatus"];
            must_change_password: boolean;
            locked_until: components["schemas"]["NullableTimestamp"];
            last_login_at: components["schemas"]["NullableTimestamp"];
            password_changed_at: components["schemas"]["Timestamp"];
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description Имя для входа; прописные и строчные буквы не различаются. */
        Username: string;
        AdminUserCreate: {
            username: components["schemas"]["Username"];
            role: components["schemas"]["Role"];
            full_name?: string;
            password?: components["schemas"]["NewPassword"];
        };
        AdminUserEdit: {
            role?: components["schemas"]["Role"];
            status?: components["schemas"]["AdminUserStatus"];
            full_name?: string;
        };
        AdminUserWithPassword: {
            user: components["schemas"]["AdminUser"];
            /** @description Показан один раз; null, если пароль задан в запросе. */
            one_time_password: string | null;
        };
        OneTimePassword: {
            /** @description Показан один раз. */
            one_time_password: string;
        };
        AdminUserPage: components["schemas"]["PageInfo"] & {
            items: components["schemas"]["AdminUser"][];
        };
        /**
         * @description active — действует, suspended — токены не выдаются.
         * @enum {string}
         */
        ServiceAccountStatus: "active" | "suspended";
        /** @description Входит в client_id. */
        ServiceAccountName: string;
        ScopeList: components["schemas"]["Scope"][];
        /**
         * @description Сколько дней действует секрет; 0 — бессрочно.
         * @default 90
         */
        SecretTtlDays: number;
        ServiceAccount: {
            id: components["schemas"]["Uuid"];
            name: components["schemas"]["ServiceAccountName"];
            description: string;
            client_id: string;
            scopes: components["schemas"]["Scope"][];
            status: components["schemas"]["ServiceAccountStatus"];
            secret_expires_at: components["schemas"]["NullableTimestamp"];
            previous_secret_expires_at: components["schemas"]["NullableTimestamp"];
            last_used_at: components["schemas"]["NullableTimestamp"];
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        ServiceAccountCreate: {
            name: components["schemas"]["ServiceAccountName"];
            description?: string;
            scopes: components["schemas"]["ScopeList"];
            secret_ttl_days?: components["schemas"]["SecretTtlDays"];
        };
        ServiceAccountEdit: {
            name?: components["schemas"]["ServiceAccountName"];
            description?: string;
            scopes?: components["schemas"]["ScopeList"];
            status?: components["schemas"]["ServiceAccountStatus"];
        };
        SecretRotation: {
            /**
             * @description Сколько часов ещё действует прежний секрет.
             * @default 0
             */
            overlap_hours?: number;
            secret_ttl_days?: components["schemas"]["SecretTtlDays"];
        };
        ServiceAccountWithSecret: {
            account: components["schemas"]["ServiceAccount"];
            /** @description Показан один раз. */
            client_secret: string;
        };
        ServiceAccountPage: components["schemas"]["PageInfo"] & {
            items: components["schemas"]["ServiceAccount"][];
        };
        /**
         * @description online — отвечает; degraded — отвечает, но не всё может; offline — не отвечает или отвечает не он; maintenance — на обслуживании.
         * @enum {string}
         */
        ElementStatus: "online" | "degraded" | "offline" | "maintenance";
        /**
         * Format: uri
         * @description Адрес элемента без пути.
         * @example https://se-01.example.org:8010
         */
        ElementUrl: string;
        ElementName: string;
        DiscoverRequest: {
            url: components["schemas"]["ElementUrl"];
        };
        DiscoveredElement: {
            storage_id: components["schemas"]["Uuid"];
            url: components["schemas"]["ElementUrl"];
            epoch: string;
            mode: components["schemas"]["StorageMode"];
            status: components["schemas"]["ElementStatus"];
            version: string;
            capacity_bytes: components["schemas"]["Count"];
            used_bytes: components["schemas"]["Count"];
            available_bytes: components["schemas"]["Count"];
            revision: number;
            latency_ms: number;
            certificate_expires_at: components["schemas"]["NullableTimestamp"];
            /** @description Подключён ли уже элемент с этим storage_id. */
            registered: boolean;
        };
        StorageElement: {
            /** @description Собственный storage_id элемента. */
            id: components["schemas"]["Uuid"];
            name: components["schemas"]["ElementName"];
            url: components["schemas"]["ElementUrl"];
            mode: components["schemas"]["StorageMode"];
            status: components["schemas"]["ElementStatus"];
            /** @description Почему не online. */
            status_reason: string | null;
            version: string;
            /** @description Меняется, когда элемент потерял историю перемен. */
            epoch: string;
            capacity_bytes: components["schemas"]["Count"];
            used_bytes: components["schemas"]["Count"];
            available_bytes: components["schemas"]["Count"];
            /** @description Позиция журнала элемента при последнем опросе. */
            revision: number;
            /** @description До какой позиции реестр догнал элемент. */
            revision_synced: number;
            /** @description Нужен полный проход (подключён, сменилась эпоха, потеряна история). */
            full_sync_pending: boolean;
            /** @description Время последнего опроса. */
            latency_ms: number | null;
            certificate_expires_at: components["schemas"]["NullableTimestamp"];
            last_seen_at: components["schemas"]["NullableTimestamp"];
            last_sync_at: components["schemas"]["NullableTimestamp"];
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        StorageElementCreate: {
            name: components["schemas"]["ElementName"];
            url: components["schemas"]["ElementUrl"];
        };
        StorageElementEdit: {
            name?: components["schemas"]["ElementName"];
            url?: components["schemas"]["ElementUrl"];
        };
        StorageElementPage: components["schemas"]["PageInfo"] & {
            items: components["schemas"]["StorageElement"][];
        };
        ModeTransition: {
            target_mode: components["schemas"]["StorageMode"];
            /**
             * @description Нужен для ro → rw.
             * @default false
             */
            confirm?: boolean;
        };
        ReconcileOptions: {
            /** @description Только посмотреть, ничего не помечать. */
            dry_run?: boolean;
            /** @description Пересчитать суммы. */
            verify_checksums?: boolean;
            /** @description Перенести осиротевшее в карантин. */
            move_orphans?: boolean;
        };
        GcOptions: {
            /** @description Только посчитать. */
            dry_run?: boolean;
            /** @description Часы элемента проверены и верны: остановка уборки из-за них снимается. */
            confirm?: boolean;
        };
        /** @description Ответ элемента как есть; описан в контракте Storage Element. */
        PassedOn: {
            [key: string]: unknown;
        };
        /**
         * @description changes — лента изменений; full — полный перечень.
         * @enum {string}
         */
        SyncMode: "changes" | "full";
        /**
         * @description needs_confirmation — проход остановлен бюджетом потерь и ждёт confirm.
         * @enum {string}
         */
        SyncState: "running" | "done" | "failed" | "cancelled" | "needs_confirmation";
        SyncRequest: {
            /** @default changes */
            mode?: components["schemas"]["SyncMode"];
            /**
             * @description Только посчитать.
             * @default false
             */
            dry_run?: boolean;
            /**
             * @description Разрешить пометки сверх бюджета потерь.
             * @default false
             */
            confirm?: boolean;
        };
        SyncRun: {
            id: components["schemas"]["Uuid"];
            storage_element_id: components["schemas"]["Uuid"];
            mode: components["schemas"]["SyncMode"];
            /**
             * @description Отчего начат. restored — строки элемента пропали из реестра.
             * @enum {string}
             */
            trigger: "manual" | "periodic" | "registration" | "epoch" | "history_lost" | "restored";
            dry_run: boolean;
            confirm: boolean;
            state: components["schemas"]["SyncState"];
            started_at: components["schemas"]["Timestamp"];
            finished_at: components["schemas"]["NullableTimestamp"];
            duration_ms: number | null;
            /** @description Сколько записей обещает перечень; null — проход по ленте. */
            total: number | null;
            /** @description Какая доля прочитана; null — неизвестно. */
            progress_percent: number | null;
            /** @description Сколько записей прочитано у элемента. */
            seen: components["schemas"]["Count"];
            added: components["schemas"]["Count"];
            updated: components["schemas"]["Count"];
            unchanged: components["schemas"]["Count"];
            marked_deleted: components["schemas"]["Count"];
            /** @description Сколько строк реестра не встретилось в перечне. */
            absent: components["schemas"]["Count"];
            /** @description Сколько файлов числятся за другим элементом. */
            conflicts: components["schemas"]["Count"];
            error: {
                /** @description SE_UNAVAILABLE — элемент не ответил или ответил негодно; UNREADABLE_FILE — запись не прочитана или не хранится; LISTING_INCOMPLETE — перечню нельзя верить, ничего не помечено; LOSS_BUDGET — потери ждут confirm; INTERRUPTED — процесс остановился. */
                code: string;
                message: string;
            } | null;
            requested_by: string | null;
        };
        SyncRunPage: components["schemas"]["PageInfo"] & {
            items: components["schemas"]["SyncRun"][];
        };
        JwtKey: {
            kid: string;
            created_at: components["schemas"]["Timestamp"];
            active_from: components["schemas"]["Timestamp"];
            grace_until: components["schemas"]["NullableTimestamp"];
        };
        JwtKeysStatus: {
            /** @constant */
            algorithm: "RS256";
            active: components["schemas"]["JwtKey"];
            next: components["schemas"]["JwtKey"] | null;
            previous: components["schemas"]["JwtKey"][];
        };
        KeyRotation: {
            /**
             * @description Не ждать и не давать отсрочки — ключ утёк.
             * @default false
             */
            immediate?: boolean;
        };
        FileRegistration: {
            storage_element_id: components["schemas"]["Uuid"];
            file: components["schemas"]["ElementFile"];
        };
        /** @description Строка реестра — метаданные файла и где он лежит. */
        RegisteredFile: {
            file_id: components["schemas"]["Uuid"];
            storage_element_id: components["schemas"]["Uuid"];
            original_filename: components["schemas"]["Filename"];
            content_type: string;
            size: number;
            checksum: components["schemas"]["Sha256"];
            uploaded_by: string;
            uploaded_at: components["schemas"]["Timestamp"];
            description: components["schemas"]["Description"];
            tags: components["schemas"]["Tags"];
            metadata: components["schemas"]["UserMetadata"];
            status: components["schemas"]["FileStatus"];
            retention_policy: components["schemas"]["RetentionPolicy"];
            ttl_days: components["schemas"]["TtlDays"] | null;
            expires_at: components["schemas"]["NullableTimestamp"];
            deleted_at: components["schemas"]["NullableTimestamp"];
            version: number;
            revision: number;
            registered_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        RegisteredFilePage: components["schemas"]["PageInfo"] & {
            items: components["schemas"]["RegisteredFile"][];
            /** @description true, если файлов не меньше total, а дальше не считали: с фильтром uploaded_by total точен до 10 000 и до места, куда долистали. Без этого фильтра total точен всегда. has_more точен всегда. */
            total_is_estimate: boolean;
        };
        Count: number;
        NullableTimestamp: components["schemas"]["Timestamp"] | null;
        Stats: {
            generated_at: components["schemas"]["Timestamp"];
            files: {
                total: components["schemas"]["Count"];
                /** @description Сумма размеров неудалённых файлов. */
                bytes: components["schemas"]["Count"];
                by_status: {
                    active: components["schemas"]["Count"];
                    expired: components["schemas"]["Count"];
                    deleted: components["schemas"]["Count"];
                    corrupted: components["schemas"]["Count"];
                    missing: components["schemas"]["Count"];
                };
                by_policy: {
                    temporary: components["schemas"]["Count"];
                    permanent: components["schemas"]["Count"];
                };
                /** @description На сколько изменилось число и объём неудалённых файлов. Отсчёт от начала часа, так что срок бывает больше на неполный час. Подключённый элемент прибавляет сразу все свои файлы. */
                growth: {
                    last_day: components["schemas"]["Growth"];
                    last_week: components["schemas"]["Growth"];
                };
            };
            storage_elements: {
                total: components["schemas"]["Count"];
                by_status: {
                    online: components["schemas"]["Count"];
                    degraded: components["schemas"]["Count"];
                    offline: components["schemas"]["Count"];
                    maintenance: components["schemas"]["Count"];
                };
                by_mode: {
                    edit: components["schemas"]["Count"];
                    rw: components["schemas"]["Count"];
                    ro: components["schemas"]["Count"];
                    ar: components["schemas"]["Count"];
                };
                capacity_bytes: components["schemas"]["Count"];
                used_bytes: components["schemas"]["Count"];
                available_bytes: components["schemas"]["Count"];
                capacity_by_mode: {
                    edit: components["schemas"]["Capacity"];
                    rw: components["schemas"]["Capacity"];
                    ro: components["schemas"]["Capacity"];
                    ar: components["schemas"]["Capacity"];
                };
            };
            service_accounts: {
                total: components["schemas"]["Count"];
                active: components["schemas"]["Count"];
                suspended: components["schemas"]["Count"];
                secrets_expired: components["schemas"]["Count"];
                /** @description Истекут за 14 дней. */
                secrets_expiring_soon: components["schemas"]["Count"];
            };
            admin_users: {
                total: components["schemas"]["Count"];
                active: components["schemas"]["Count"];
                locked: components["schemas"]["Count"];
                /** @description Отказы во входе за сутки, счёт от начала часа: неверный пароль или закрытое имя. */
                failed_logins_last_day: components["schemas"]["Count"];
            };
            syncs: {
                running: components["schemas"]["Count"];
                failed_last_day: components["schemas"]["Count"];
                waiting_for_confirmation: components["schemas"]["Count"];
                /** @description Подключённые элементы, которые ещё ни разу не догнаны. */
                never_synced: components["schemas"]["Count"];
                /** @description Сколько секунд назад догнан элемент, догнанный последним; null — ни одного. */
                last_sync_age_seconds: number | null;
                /** @description Сколько секунд назад догнан самый отставший из догнанных; null — ни одного. */
                oldest_sync_age_seconds: number | null;
            };
            /** @description Что истекло и скоро истечёт. Срок ключа подписи — конец отсрочки, а у несменённого — день, когда он сменится сам по возрасту. */
            expiring: {
                service_account_secrets: components["schemas"]["Expiring"];
                element_certificates: components["schemas"]["Expiring"];
                signing_keys: components["schemas"]["Expiring"];
            };
        };
        /** @description Меньше нуля — убыль. */
        Growth: {
            files: number;
            bytes: number;
        };
        Capacity: {
            capacity_bytes: components["schemas"]["Count"];
            used_bytes: components["schemas"]["Count"];
            available_bytes: components["schemas"]["Count"];
        };
        Expiring: {
            /** @description Срок уже вышел. */
            expired: components["schemas"]["Count"];
            /** @description Истекут за 7 дней. */
            within_7d: components["schemas"]["Count"];
            /** @description Истекут за 30 дней, считая и те, что за 7. */
            within_30d: components["schemas"]["Count"];
            /** @description Ближайший срок впереди; null — сроков нет. */
            next_at: components["schemas"]["NullableTimestamp"];
        };
        /** @enum {string} */
        AuditObjectType: "file" | "storage_element" | "sync" | "service_account" | "admin_user" | "session" | "signing_key" | "audit_log" | "database";
        /** @enum {string} */
        AuditResult: "success" | "failure";
        AuditEntry: {
            id: number;
            at: components["schemas"]["Timestamp"];
            /** @enum {string} */
            actor_kind: "user" | "service" | "system" | "anonymous";
            actor: string | null;
            action: string;
            object_type: components["schemas"]["AuditObjectType"];
            object_id: string | null;
            result: components["schemas"]["AuditResult"];
            reason: string | null;
            before: {
                [key: string]: unknown;
            } | null;
            after: {
                [key: string]: unknown;
            } | null;
            remote_address: string | null;
            request_id: string | null;
        };
        AuditPage: components["schemas"]["PageInfo"] & {
            items: components["schemas"]["AuditEntry"][];
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
        /**
         * Format: uuid
         * @example 0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41
         */
        Uuid: string;
        /**
         * Format: date-time
         * @description Время RFC 3339, UTC.
         * @example 2026-02-21T09:30:00.000Z
         */
        Timestamp: string;
        PageInfo: {
            /** @description Сколько записей всего. */
            total: number;
            limit: number;
            offset: number;
            /** @description Есть ли записи за этой страницей. */
            has_more: boolean;
        };
        /**
         * @description Режим элемента хранения.
         * @enum {string}
         */
        StorageMode: "edit" | "rw" | "ro" | "ar";
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
        /**
         * @description Имя файла для людей, не больше 255 байт UTF-8. Не путь.
         * @example Договор №7_скан (копия).pdf
         */
        Filename: string;
        /**
         * @description SHA-256 содержимого, шестнадцатеричная запись строчными буквами.
         * @example e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
         */
        Sha256: string;
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
        /** @description Срок хранения в днях; только для temporary. */
        TtlDays: number;
        /** @example application/pdf */
        content_type: string;
        /** @description Размер в байтах. */
        size: number;
        /** @description Кто загрузил (sub токена). */
        uploaded_by: string;
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
        /** @description Правка метаданных; чего в теле нет, то не меняется. */
        FileEdit: {
            original_filename?: components["schemas"]["Filename"];
            description?: components["schemas"]["Description"];
            tags?: components["schemas"]["Tags"];
            metadata?: components["schemas"]["UserMetadata"];
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
        /** @description Форма — RFC 6749, 5.2 (invalid_request, unsupported_grant_type, invalid_scope, invalid_target); JSON — VALIDATION_ERROR. */
        TokenRefused: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OAuthError"] | components["schemas"]["Error"];
            };
        };
        /** @description Форма — RFC 6749, 5.2 (invalid_client); JSON — INVALID_CREDENTIALS или SECRET_EXPIRED. */
        ClientRefused: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                /** @description Basic, если клиент опознавался заголовком Authorization. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OAuthError"] | components["schemas"]["Error"];
            };
        };
        /** @description Имя или пароль неверны (INVALID_CREDENTIALS). */
        InvalidCredentials: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_CREDENTIALS",
                 *         "message": "The name or the secret is wrong."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Токен не годится (UNAUTHORIZED) или нынешний пароль неверен (INVALID_CREDENTIALS). */
        UnauthorizedOrInvalidCredentials: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_CREDENTIALS",
                 *         "message": "The name or the secret is wrong."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Слишком много неудач, вход закрыт на время (ACCOUNT_LOCKED). */
        AccountLocked: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "ACCOUNT_LOCKED",
                 *         "message": "Too many failed attempts; sign-in is closed for a while."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Токены сеанса. */
        SessionOpened: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "access_token": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
                 *       "token_type": "Bearer",
                 *       "expires_in": 900,
                 *       "refresh_token": "rt_4f0c7c9c",
                 *       "refresh_expires_in": 43200,
                 *       "must_change_password": false,
                 *       "user": {
                 *         "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *         "username": "admin",
                 *         "full_name": "",
                 *         "role": "admin",
                 *         "status": "active",
                 *         "must_change_password": false,
                 *         "locked_until": null,
                 *         "last_login_at": null,
                 *         "password_changed_at": "2026-02-21T09:30:00.000Z",
                 *         "created_at": "2026-02-21T09:30:00.000Z",
                 *         "updated_at": "2026-02-21T09:30:00.000Z"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Session"];
            };
        };
        /** @description Учётная запись. */
        AdminUser: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *       "username": "petrova",
                 *       "full_name": "Анна Петрова",
                 *       "role": "readonly",
                 *       "status": "active",
                 *       "must_change_password": false,
                 *       "locked_until": null,
                 *       "last_login_at": null,
                 *       "password_changed_at": "2026-02-21T09:30:00.000Z",
                 *       "created_at": "2026-02-21T09:30:00.000Z",
                 *       "updated_at": "2026-02-21T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUser"];
            };
        };
        /** @description Учётная запись службы. */
        ServiceAccount: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *       "name": "reports",
                 *       "description": "Ночные отчёты",
                 *       "client_id": "sa_reports_k3v9q2x7",
                 *       "scopes": [
                 *         "files:read"
                 *       ],
                 *       "status": "active",
                 *       "secret_expires_at": null,
                 *       "previous_secret_expires_at": null,
                 *       "last_used_at": null,
                 *       "created_at": "2026-02-21T09:30:00.000Z",
                 *       "updated_at": "2026-02-21T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["ServiceAccount"];
            };
        };
        /** @description Элемент хранения. */
        StorageElement: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *       "name": "se-01",
                 *       "url": "https://se-01.example.org:8010",
                 *       "mode": "rw",
                 *       "status": "online",
                 *       "status_reason": null,
                 *       "version": "0.1.0",
                 *       "epoch": "e-1",
                 *       "capacity_bytes": 1000,
                 *       "used_bytes": 10,
                 *       "available_bytes": 990,
                 *       "revision": 5,
                 *       "revision_synced": 5,
                 *       "full_sync_pending": false,
                 *       "latency_ms": 12,
                 *       "certificate_expires_at": null,
                 *       "last_seen_at": "2026-02-21T09:30:00.000Z",
                 *       "last_sync_at": null,
                 *       "created_at": "2026-02-21T09:30:00.000Z",
                 *       "updated_at": "2026-02-21T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["StorageElement"];
            };
        };
        /** @description Строка реестра. */
        RegisteredFile: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a42",
                 *       "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *       "original_filename": "договор.pdf",
                 *       "content_type": "application/pdf",
                 *       "size": 10,
                 *       "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                 *       "uploaded_by": "demo",
                 *       "uploaded_at": "2026-02-21T09:30:00.000Z",
                 *       "description": "",
                 *       "tags": [],
                 *       "metadata": {},
                 *       "status": "active",
                 *       "retention_policy": "permanent",
                 *       "ttl_days": null,
                 *       "expires_at": null,
                 *       "deleted_at": null,
                 *       "version": 1,
                 *       "revision": 1,
                 *       "registered_at": "2026-02-21T09:30:00.000Z",
                 *       "updated_at": "2026-02-21T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["RegisteredFile"];
            };
        };
        /** @description Противоречит нынешнему состоянию (CONFLICT). */
        Conflict: {
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
        /** @description Режим элемента не допускает это (MODE_NOT_ALLOWED) или файл не в том состоянии (CONFLICT). */
        FileConflict: {
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
                 *         "message": "The file has expired."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Синхронизация этого элемента уже идёт (SYNC_IN_PROGRESS). */
        SyncInProgress: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "SYNC_IN_PROGRESS",
                 *         "message": "This element is already being synchronised."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Такого перехода нет (INVALID_TRANSITION) или он требует подтверждения (CONFIRMATION_REQUIRED). */
        TransitionRefused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_TRANSITION",
                 *         "message": "This mode transition does not exist."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Элемент хранения недоступен или ответил не то (SE_UNAVAILABLE). */
        SeUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "SE_UNAVAILABLE",
                 *         "message": "The storage element is unavailable."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Место на элементе закончилось (STORAGE_FULL). */
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
        /** @description Такого объекта нет (NOT_FOUND). */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "NOT_FOUND",
                 *         "message": "There is no such object."
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
        /** @description Идентификатор (UUID, строчные буквы). */
        Id: components["schemas"]["Uuid"];
        /** @description Кто действовал (sub токена). */
        AuditActor: string;
        /** @description Что сделано. */
        AuditAction: string;
        /** @description Вид объекта. */
        AuditObjectType: components["schemas"]["AuditObjectType"];
        /** @description Какой именно объект. */
        AuditObjectId: string;
        /** @description С каким итогом. */
        AuditResult: components["schemas"]["AuditResult"];
        /** @description Не раньше этого времени. */
        AuditFrom: components["schemas"]["Timestamp"];
        /** @description Раньше этого времени. */
        AuditTo: components["schemas"]["Timestamp"];
        /** @description Сколько записей отдать. */
        Limit: number;
        /** @description Сколько записей пропустить с начала. */
        Offset: number;
        /** @description Идентификатор файла (UUID, строчные буквы). */
        FileId: components["schemas"]["Uuid"];
    };
    requestBodies: never;
    headers: {
        /** @description Всегда no-store — секреты не оседают в кэшах. */
        NoStore: "no-store";
        /** @description Через сколько секунд повторить (RFC 9110, 10.2.3). */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "client_credentials",
                 *       "client_id": "sa_reports_k3v9q2x7",
                 *       "client_secret": "s3cr3t-from-creation",
                 *       "scope": "files:read"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenForm"];
                /**
                 * @example {
                 *       "client_id": "sa_reports_k3v9q2x7",
                 *       "client_secret": "s3cr3t-from-creation",
                 *       "scope": "files:read"
                 *     }
                 */
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description Токен доступа. Ответ не кэшируется (Cache-Control, no-store). */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
                     *       "token_type": "Bearer",
                     *       "expires_in": 900,
                     *       "scope": "files:read"
                     *     }
                     */
                    "application/json": components["schemas"]["AccessToken"];
                };
            };
            400: components["responses"]["TokenRefused"];
            401: components["responses"]["ClientRefused"];
            /** @description Только JSON — учётной записи не положены токены к элементам хранения (FORBIDDEN). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "FORBIDDEN",
                     *         "message": "Tokens for storage elements are issued only to accounts with the scope storage:read or storage:write."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getJwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Набор ключей. */
            200: {
                headers: {
                    /** @description Сколько секунд набор можно держать у себя. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "RSA",
                     *           "use": "sig",
                     *           "alg": "RS256",
                     *           "kid": "k-20260221-7f3a",
                     *           "n": "AQAB",
                     *           "e": "AQAB"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Jwks"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getAuthorizationServerMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Метаданные. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "issuer": "http://localhost:8000",
                     *       "token_endpoint": "http://localhost:8000/api/v1/auth/token",
                     *       "jwks_uri": "http://localhost:8000/api/v1/auth/jwks",
                     *       "scopes_supported": [
                     *         "files:read",
                     *         "files:write",
                     *         "storage:read",
                     *         "storage:write",
                     *         "admin:read",
                     *         "admin:write"
                     *       ],
                     *       "response_types_supported": [],
                     *       "grant_types_supported": [
                     *         "client_credentials"
                     *       ],
                     *       "token_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "client_secret_post"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AuthorizationServerMetadata"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "admin",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            200: components["responses"]["SessionOpened"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["InvalidCredentials"];
            423: components["responses"]["AccountLocked"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    refreshSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "rt_4f0c7c9c"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            200: components["responses"]["SessionOpened"];
            400: components["responses"]["ValidationError"];
            /** @description Токен обновления не годится (INVALID_REFRESH_TOKEN). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REFRESH_TOKEN",
                     *         "message": "The refresh token is not valid; log in again."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "all": false
                 *     }
                 */
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description Сеанс закрыт. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["AdminUser"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple",
                 *       "new_password": "совсем-другая-длинная-фраза"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            200: components["responses"]["SessionOpened"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["UnauthorizedOrInvalidCredentials"];
            403: components["responses"]["Forbidden"];
            423: components["responses"]["AccountLocked"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    listAdminUsers: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. */
                offset?: components["parameters"]["Offset"];
                /** @description Только с этой ролью. */
                role?: components["schemas"]["Role"];
                /** @description Только в этом состоянии. */
                status?: components["schemas"]["AdminUserStatus"];
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
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [],
                     *       "total": 0,
                     *       "limit": 100,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["AdminUserPage"];
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
    createAdminUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "petrova",
                 *       "role": "readonly",
                 *       "full_name": "Анна Петрова"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUserCreate"];
            };
        };
        responses: {
            /** @description Учётная запись заведена. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *         "username": "petrova",
                     *         "full_name": "Анна Петрова",
                     *         "role": "readonly",
                     *         "status": "active",
                     *         "must_change_password": true,
                     *         "locked_until": null,
                     *         "last_login_at": null,
                     *         "password_changed_at": "2026-02-21T09:30:00.000Z",
                     *         "created_at": "2026-02-21T09:30:00.000Z",
                     *         "updated_at": "2026-02-21T09:30:00.000Z"
                     *       },
                     *       "one_time_password": "Zm9vYmFyYmF6cXV4"
                     *     }
                     */
                    "application/json": components["schemas"]["AdminUserWithPassword"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getAdminUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["AdminUser"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    updateAdminUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "admin"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUserEdit"];
            };
        };
        responses: {
            200: components["responses"]["AdminUser"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    deleteAdminUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Удалён, сеансы закрыты. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    resetAdminUserPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Новый одноразовый пароль. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "one_time_password": "Zm9vYmFyYmF6cXV4"
                     *     }
                     */
                    "application/json": components["schemas"]["OneTimePassword"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    unlockAdminUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Блокировка снята. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description Учётная запись не заблокирована (NOT_LOCKED). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "NOT_LOCKED",
                     *         "message": "The account is not locked."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    listServiceAccounts: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. */
                offset?: components["parameters"]["Offset"];
                /** @description Только в этом состоянии. */
                status?: components["schemas"]["ServiceAccountStatus"];
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
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [],
                     *       "total": 0,
                     *       "limit": 100,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccountPage"];
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
    createServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "reports",
                 *       "scopes": [
                 *         "files:read"
                 *       ],
                 *       "secret_ttl_days": 90,
                 *       "description": "Ночные отчёты"
                 *     }
                 */
                "application/json": components["schemas"]["ServiceAccountCreate"];
            };
        };
        responses: {
            /** @description Учётная запись и её секрет. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *         "name": "reports",
                     *         "description": "Ночные отчёты",
                     *         "client_id": "sa_reports_k3v9q2x7",
                     *         "scopes": [
                     *           "files:read"
                     *         ],
                     *         "status": "active",
                     *         "secret_expires_at": "2026-05-22T09:30:00.000Z",
                     *         "previous_secret_expires_at": null,
                     *         "last_used_at": null,
                     *         "created_at": "2026-02-21T09:30:00.000Z",
                     *         "updated_at": "2026-02-21T09:30:00.000Z"
                     *       },
                     *       "client_secret": "as_4bX9"
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccountWithSecret"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    getServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ServiceAccount"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    updateServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "status": "suspended"
                 *     }
                 */
                "application/json": components["schemas"]["ServiceAccountEdit"];
            };
        };
        responses: {
            200: components["responses"]["ServiceAccount"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    deleteServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Удалена. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    rotateServiceAccountSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "overlap_hours": 24,
                 *       "secret_ttl_days": 90
                 *     }
                 */
                "application/json": components["schemas"]["SecretRotation"];
            };
        };
        responses: {
            /** @description Учётная запись и новый секрет. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *         "name": "reports",
                     *         "description": "",
                     *         "client_id": "sa_reports_k3v9q2x7",
                     *         "scopes": [
                     *           "files:read"
                     *         ],
                     *         "status": "active",
                     *         "secret_expires_at": "2026-05-22T09:30:00.000Z",
                     *         "previous_secret_expires_at": "2026-02-22T09:30:00.000Z",
                     *         "last_used_at": null,
                     *         "created_at": "2026-02-21T09:30:00.000Z",
                     *         "updated_at": "2026-02-21T09:30:00.000Z"
                     *       },
                     *       "client_secret": "as_4bX9"
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccountWithSecret"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    discoverStorageElement: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://se-01.example.org:8010"
                 *     }
                 */
                "application/json": components["schemas"]["DiscoverRequest"];
            };
        };
        responses: {
            /** @description Элемент ответил. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "storage_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "url": "https://se-01.example.org:8010",
                     *       "epoch": "e-1",
                     *       "mode": "rw",
                     *       "status": "online",
                     *       "version": "0.1.0",
                     *       "capacity_bytes": 1000,
                     *       "used_bytes": 10,
                     *       "available_bytes": 990,
                     *       "revision": 1,
                     *       "latency_ms": 12,
                     *       "certificate_expires_at": "2027-02-21T09:30:00.000Z",
                     *       "registered": false
                     *     }
                     */
                    "application/json": components["schemas"]["DiscoveredElement"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    listStorageElements: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. */
                offset?: components["parameters"]["Offset"];
                /** @description Только в этом режиме. */
                mode?: components["schemas"]["StorageMode"];
                /** @description Только в этом состоянии. */
                status?: components["schemas"]["ElementStatus"];
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
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *           "name": "se-01",
                     *           "url": "https://se-01.example.org:8010",
                     *           "mode": "rw",
                     *           "status": "online",
                     *           "status_reason": null,
                     *           "version": "0.1.0",
                     *           "epoch": "e-1",
                     *           "capacity_bytes": 1000,
                     *           "used_bytes": 10,
                     *           "available_bytes": 990,
                     *           "revision": 5,
                     *           "revision_synced": 5,
                     *           "full_sync_pending": false,
                     *           "latency_ms": 12,
                     *           "certificate_expires_at": null,
                     *           "last_seen_at": "2026-02-21T09:30:00.000Z",
                     *           "last_sync_at": null,
                     *           "created_at": "2026-02-21T09:30:00.000Z",
                     *           "updated_at": "2026-02-21T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "limit": 100,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["StorageElementPage"];
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
    registerStorageElement: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "se-01",
                 *       "url": "https://se-01.example.org:8010"
                 *     }
                 */
                "application/json": components["schemas"]["StorageElementCreate"];
            };
        };
        responses: {
            /** @description Элемент подключён. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "name": "se-01",
                     *       "url": "https://se-01.example.org:8010",
                     *       "mode": "rw",
                     *       "status": "online",
                     *       "status_reason": null,
                     *       "version": "0.1.0",
                     *       "epoch": "e-1",
                     *       "capacity_bytes": 1000,
                     *       "used_bytes": 10,
                     *       "available_bytes": 990,
                     *       "revision": 5,
                     *       "revision_synced": 5,
                     *       "full_sync_pending": false,
                     *       "latency_ms": 12,
                     *       "certificate_expires_at": null,
                     *       "last_seen_at": "2026-02-21T09:30:00.000Z",
                     *       "last_sync_at": null,
                     *       "created_at": "2026-02-21T09:30:00.000Z",
                     *       "updated_at": "2026-02-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["StorageElement"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    getStorageElement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["StorageElement"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    updateStorageElement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "se-01-msk"
                 *     }
                 */
                "application/json": components["schemas"]["StorageElementEdit"];
            };
        };
        responses: {
            200: components["responses"]["StorageElement"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    deleteStorageElement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Отключён. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    startStorageElementSync: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "mode": "changes"
                 *     }
                 */
                "application/json": components["schemas"]["SyncRequest"];
            };
        };
        responses: {
            /** @description Проход начат. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "mode": "changes",
                     *       "trigger": "manual",
                     *       "dry_run": false,
                     *       "confirm": false,
                     *       "state": "running",
                     *       "started_at": "2026-02-21T09:30:00.000Z",
                     *       "finished_at": null,
                     *       "duration_ms": null,
                     *       "total": null,
                     *       "progress_percent": null,
                     *       "seen": 0,
                     *       "added": 0,
                     *       "updated": 0,
                     *       "unchanged": 0,
                     *       "marked_deleted": 0,
                     *       "absent": 0,
                     *       "conflicts": 0,
                     *       "error": null,
                     *       "requested_by": "admin"
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRun"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["SyncInProgress"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    listStorageElementSyncs: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. */
                offset?: components["parameters"]["Offset"];
                /** @description Только в этом состоянии. */
                state?: components["schemas"]["SyncState"];
            };
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Страница истории. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *           "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *           "mode": "changes",
                     *           "trigger": "manual",
                     *           "dry_run": false,
                     *           "confirm": false,
                     *           "state": "running",
                     *           "started_at": "2026-02-21T09:30:00.000Z",
                     *           "finished_at": null,
                     *           "duration_ms": null,
                     *           "total": null,
                     *           "progress_percent": null,
                     *           "seen": 0,
                     *           "added": 0,
                     *           "updated": 0,
                     *           "unchanged": 0,
                     *           "marked_deleted": 0,
                     *           "absent": 0,
                     *           "conflicts": 0,
                     *           "error": null,
                     *           "requested_by": "admin"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "limit": 100,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRunPage"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    cancelStorageElementSync: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
                /** @description Какой проход. */
                sync_id: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Просьба принята. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "mode": "changes",
                     *       "trigger": "manual",
                     *       "dry_run": false,
                     *       "confirm": false,
                     *       "state": "running",
                     *       "started_at": "2026-02-21T09:30:00.000Z",
                     *       "finished_at": null,
                     *       "duration_ms": null,
                     *       "total": null,
                     *       "progress_percent": null,
                     *       "seen": 0,
                     *       "added": 0,
                     *       "updated": 0,
                     *       "unchanged": 0,
                     *       "marked_deleted": 0,
                     *       "absent": 0,
                     *       "conflicts": 0,
                     *       "error": null,
                     *       "requested_by": "admin"
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRun"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    transitionStorageElementMode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "target_mode": "ro"
                 *     }
                 */
                "application/json": components["schemas"]["ModeTransition"];
            };
        };
        responses: {
            200: components["responses"]["StorageElement"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["TransitionRefused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    getStorageElementReconcile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Состояние сверки. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "state": "idle"
                     *     }
                     */
                    "application/json": components["schemas"]["PassedOn"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    startStorageElementReconcile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "dry_run": true
                 *     }
                 */
                "application/json": components["schemas"]["ReconcileOptions"];
            };
        };
        responses: {
            /** @description Сверка начата; ответ элемента как есть. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "state": "running"
                     *     }
                     */
                    "application/json": components["schemas"]["PassedOn"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description Сверка уже идёт (RECONCILE_IN_PROGRESS). */
            409: {
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
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    getStorageElementGc: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Состояние уборки. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "state": "idle"
                     *     }
                     */
                    "application/json": components["schemas"]["PassedOn"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    runStorageElementGc: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Идентификатор (UUID, строчные буквы). */
                id: components["parameters"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "dry_run": true
                 *     }
                 */
                "application/json": components["schemas"]["GcOptions"];
            };
        };
        responses: {
            /** @description Уборка начата; ответ элемента как есть. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "state": "running"
                     *     }
                     */
                    "application/json": components["schemas"]["PassedOn"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    getJwtKeysStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Состояние. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "algorithm": "RS256",
                     *       "active": {
                     *         "kid": "k-20260221-7f3a",
                     *         "created_at": "2026-02-21T09:30:00.000Z",
                     *         "active_from": "2026-02-21T09:30:00.000Z",
                     *         "grace_until": null
                     *       },
                     *       "next": null,
                     *       "previous": []
                     *     }
                     */
                    "application/json": components["schemas"]["JwtKeysStatus"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    rotateJwtKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "immediate": false
                 *     }
                 */
                "application/json": components["schemas"]["KeyRotation"];
            };
        };
        responses: {
            /** @description Состояние ключей после смены. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "algorithm": "RS256",
                     *       "active": {
                     *         "kid": "k-20260221-7f3a",
                     *         "created_at": "2026-02-21T09:30:00.000Z",
                     *         "active_from": "2026-02-21T09:30:00.000Z",
                     *         "grace_until": null
                     *       },
                     *       "next": null,
                     *       "previous": []
                     *     }
                     */
                    "application/json": components["schemas"]["JwtKeysStatus"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    listFiles: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. */
                offset?: components["parameters"]["Offset"];
                /** @description Только в этом состоянии. */
                status?: components["schemas"]["FileStatus"];
                /** @description Только с этой политикой хранения. */
                retention_policy?: components["schemas"]["RetentionPolicy"];
                /** @description Только с этого элемента. */
                storage_element_id?: components["schemas"]["Uuid"];
                /** @description Только загруженные этим субъектом. */
                uploaded_by?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a42",
                     *           "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *           "original_filename": "договор.pdf",
                     *           "content_type": "application/pdf",
                     *           "size": 10,
                     *           "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                     *           "uploaded_by": "demo",
                     *           "uploaded_at": "2026-02-21T09:30:00.000Z",
                     *           "description": "",
                     *           "tags": [],
                     *           "metadata": {},
                     *           "status": "active",
                     *           "retention_policy": "permanent",
                     *           "ttl_days": null,
                     *           "expires_at": null,
                     *           "deleted_at": null,
                     *           "version": 1,
                     *           "revision": 1,
                     *           "registered_at": "2026-02-21T09:30:00.000Z",
                     *           "updated_at": "2026-02-21T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "total_is_estimate": false,
                     *       "limit": 100,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["RegisteredFilePage"];
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
    registerFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                 *       "file": {
                 *         "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a42",
                 *         "original_filename": "договор.pdf",
                 *         "content_type": "application/pdf",
                 *         "size": 10,
                 *         "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                 *         "uploaded_by": "demo",
                 *         "uploaded_at": "2026-02-21T09:30:00.000Z",
                 *         "description": "",
                 *         "tags": [],
                 *         "metadata": {},
                 *         "status": "active",
                 *         "retention_policy": "permanent",
                 *         "ttl_days": null,
                 *         "expires_at": null,
                 *         "deleted_at": null,
                 *         "version": 1,
                 *         "revision": 1
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["FileRegistration"];
            };
        };
        responses: {
            /** @description Файл уже был в реестре. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a42",
                     *       "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "original_filename": "договор.pdf",
                     *       "content_type": "application/pdf",
                     *       "size": 10,
                     *       "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                     *       "uploaded_by": "demo",
                     *       "uploaded_at": "2026-02-21T09:30:00.000Z",
                     *       "description": "",
                     *       "tags": [],
                     *       "metadata": {},
                     *       "status": "active",
                     *       "retention_policy": "permanent",
                     *       "ttl_days": null,
                     *       "expires_at": null,
                     *       "deleted_at": null,
                     *       "version": 1,
                     *       "revision": 1,
                     *       "registered_at": "2026-02-21T09:30:00.000Z",
                     *       "updated_at": "2026-02-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RegisteredFile"];
                };
            };
            /** @description Файл записан. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "file_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a42",
                     *       "storage_element_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *       "original_filename": "договор.pdf",
                     *       "content_type": "application/pdf",
                     *       "size": 10,
                     *       "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                     *       "uploaded_by": "demo",
                     *       "uploaded_at": "2026-02-21T09:30:00.000Z",
                     *       "description": "",
                     *       "tags": [],
                     *       "metadata": {},
                     *       "status": "active",
                     *       "retention_policy": "permanent",
                     *       "ttl_days": null,
                     *       "expires_at": null,
                     *       "deleted_at": null,
                     *       "version": 1,
                     *       "revision": 1,
                     *       "registered_at": "2026-02-21T09:30:00.000Z",
                     *       "updated_at": "2026-02-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RegisteredFile"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
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
            200: components["responses"]["RegisteredFile"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
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
                /**
                 * @example {
                 *       "description": "Подписан 12 марта",
                 *       "tags": [
                 *         "договор",
                 *         "2026"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["FileEdit"];
            };
        };
        responses: {
            200: components["responses"]["RegisteredFile"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["FileConflict"];
            410: components["responses"]["FileExpired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
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
            /** @description Удалён. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["FileConflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
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
            200: components["responses"]["RegisteredFile"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            409: components["responses"]["FileConflict"];
            410: components["responses"]["FileExpired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
            507: components["responses"]["StorageFull"];
        };
    };
    reportMissingFile: {
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
            200: components["responses"]["RegisteredFile"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["FileNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["SeUnavailable"];
            503: components["responses"]["NotReady"];
        };
    };
    getStats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Сводка. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "generated_at": "2026-02-21T09:30:00.000Z",
                     *       "files": {
                     *         "total": 1,
                     *         "bytes": 10,
                     *         "by_status": {
                     *           "active": 1,
                     *           "expired": 0,
                     *           "deleted": 0,
                     *           "corrupted": 0,
                     *           "missing": 0
                     *         },
                     *         "by_policy": {
                     *           "temporary": 0,
                     *           "permanent": 1
                     *         },
                     *         "growth": {
                     *           "last_day": {
                     *             "files": 1,
                     *             "bytes": 10
                     *           },
                     *           "last_week": {
                     *             "files": 1,
                     *             "bytes": 10
                     *           }
                     *         }
                     *       },
                     *       "storage_elements": {
                     *         "total": 1,
                     *         "by_status": {
                     *           "online": 1,
                     *           "degraded": 0,
                     *           "offline": 0,
                     *           "maintenance": 0
                     *         },
                     *         "by_mode": {
                     *           "edit": 0,
                     *           "rw": 1,
                     *           "ro": 0,
                     *           "ar": 0
                     *         },
                     *         "capacity_bytes": 1000,
                     *         "used_bytes": 10,
                     *         "available_bytes": 990,
                     *         "capacity_by_mode": {
                     *           "edit": {
                     *             "capacity_bytes": 0,
                     *             "used_bytes": 0,
                     *             "available_bytes": 0
                     *           },
                     *           "rw": {
                     *             "capacity_bytes": 1000,
                     *             "used_bytes": 10,
                     *             "available_bytes": 990
                     *           },
                     *           "ro": {
                     *             "capacity_bytes": 0,
                     *             "used_bytes": 0,
                     *             "available_bytes": 0
                     *           },
                     *           "ar": {
                     *             "capacity_bytes": 0,
                     *             "used_bytes": 0,
                     *             "available_bytes": 0
                     *           }
                     *         }
                     *       },
                     *       "service_accounts": {
                     *         "total": 3,
                     *         "active": 3,
                     *         "suspended": 0,
                     *         "secrets_expired": 0,
                     *         "secrets_expiring_soon": 0
                     *       },
                     *       "admin_users": {
                     *         "total": 1,
                     *         "active": 1,
                     *         "locked": 0,
                     *         "failed_logins_last_day": 0
                     *       },
                     *       "syncs": {
                     *         "running": 0,
                     *         "failed_last_day": 0,
                     *         "waiting_for_confirmation": 0,
                     *         "never_synced": 0,
                     *         "last_sync_age_seconds": 12,
                     *         "oldest_sync_age_seconds": 12
                     *       },
                     *       "expiring": {
                     *         "service_account_secrets": {
                     *           "expired": 0,
                     *           "within_7d": 0,
                     *           "within_30d": 0,
                     *           "next_at": null
                     *         },
                     *         "element_certificates": {
                     *           "expired": 0,
                     *           "within_7d": 0,
                     *           "within_30d": 1,
                     *           "next_at": "2026-03-12T09:30:00.000Z"
                     *         },
                     *         "signing_keys": {
                     *           "expired": 0,
                     *           "within_7d": 0,
                     *           "within_30d": 0,
                     *           "next_at": "2026-05-01T09:30:00.000Z"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Stats"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["NotReady"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Сколько записей отдать. */
                limit?: components["parameters"]["Limit"];
                /** @description Сколько записей пропустить с начала. */
                offset?: components["parameters"]["Offset"];
                /** @description Кто действовал (sub токена). */
                actor?: components["parameters"]["AuditActor"];
                /** @description Что сделано. */
                action?: components["parameters"]["AuditAction"];
                /** @description Вид объекта. */
                object_type?: components["parameters"]["AuditObjectType"];
                /** @description Какой именно объект. */
                object_id?: components["parameters"]["AuditObjectId"];
                /** @description С каким итогом. */
                result?: components["parameters"]["AuditResult"];
                /** @description Не раньше этого времени. */
                from?: components["parameters"]["AuditFrom"];
                /** @description Раньше этого времени. */
                to?: components["parameters"]["AuditTo"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Страница журнала. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1,
                     *           "at": "2026-02-21T09:30:00.000Z",
                     *           "actor_kind": "user",
                     *           "actor": "admin",
                     *           "action": "storage_element_registered",
                     *           "object_type": "storage_element",
                     *           "object_id": "0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41",
                     *           "result": "success",
                     *           "reason": null,
                     *           "before": null,
                     *           "after": {
                     *             "name": "se-01"
                     *           },
                     *           "remote_address": "127.0.0.1",
                     *           "request_id": "6b1f"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "limit": 100,
                     *       "offset": 0,
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["AuditPage"];
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
    exportAudit: {
        parameters: {
            query?: {
                /** @description В каком виде. */
                format?: "csv" | "json" | "ndjson";
                /** @description Кто действовал (sub токена). */
                actor?: components["parameters"]["AuditActor"];
                /** @description Что сделано. */
                action?: components["parameters"]["AuditAction"];
                /** @description Вид объекта. */
                object_type?: components["parameters"]["AuditObjectType"];
                /** @description Какой именно объект. */
                object_id?: components["parameters"]["AuditObjectId"];
                /** @description С каким итогом. */
                result?: components["parameters"]["AuditResult"];
                /** @description Не раньше этого времени. */
                from?: components["parameters"]["AuditFrom"];
                /** @description Раньше этого времени. */
                to?: components["parameters"]["AuditTo"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Выгрузка. */
            200: {
                headers: {
                    /** @description Имя файла выгрузки. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /** @example id,at,actor_kind,actor,action,object_type,object_id,result,reason,before,after,remote_address,request_id */
                    "text/csv": string;
                    /** @example [] */
                    "application/json": components["schemas"]["AuditEntry"][];
                    /** @example {"id":1} */
                    "application/x-ndjson": string;
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
            500: components["responses"]["InternalError"];
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
            500: components["responses"]["InternalError"];
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
            500: components["responses"]["InternalError"];
        };
    };
}
