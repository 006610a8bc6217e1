-- Таблицы модуля управления. Истина о файлах — на элементах хранения; таблица files лишь указатель,
-- его можно потерять и построить заново. Всё остальное здесь восстанавливается только из копии.

-- Элементы хранения. id — собственный storage_id элемента. Отключённый элемент остаётся строкой с removed_at:
-- за ним могут числиться давно удалённые файлы.
create table storage_elements (
  id uuid primary key,
  name text not null,
  url text not null,
  mode text not null check (mode in ('edit', 'rw', 'ro', 'ar')),
  status text not null check (status in ('online', 'degraded', 'offline', 'maintenance')),
  status_reason text,
  version text not null,
  epoch text not null,
  -- Когда эпоха замечена: строки files, записанные раньше, сравнивать с элементом по revision нельзя.
  epoch_seen_at timestamptz not null default now(),
  capacity_bytes bigint not null check (capacity_bytes >= 0),
  used_bytes bigint not null check (used_bytes >= 0),
  available_bytes bigint not null check (available_bytes >= 0),
  revision bigint not null,
  revision_synced bigint not null default 0,
  -- Эпоха, в которой отсчитан revision_synced.
  epoch_synced text,
  -- Почему нужен полный проход; null — не нужен.
  full_sync_reason text check (full_sync_reason in ('registration', 'epoch', 'history_lost')),
  latency_ms integer,
  certificate_expires_at timestamptz,
  last_seen_at timestamptz,
  last_sync_at timestamptz,
  last_full_sync_at timestamptz,
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index storage_elements_name on storage_elements (lower(name)) where removed_at is null;

-- Реестр файлов. Пишет сюда только модуль управления; модуль поиска читает и добавляет свои индексы.
create table files (
  file_id uuid primary key,
  storage_element_id uuid not null references storage_elements (id),
  original_filename text not null,
  content_type text not null,
  size bigint not null check (size >= 0),
  checksum text not null,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  description text not null,
  tags text[] not null,
  metadata jsonb not null,
  status text not null check (status in ('active', 'expired', 'deleted', 'corrupted', 'missing')),
  retention_policy text not null check (retention_policy in ('temporary', 'permanent')),
  ttl_days integer,
  expires_at timestamptz,
  deleted_at timestamptz,
  version integer not null,
  -- Позиция журнала элемента, которой соответствует строка: старая запись не затирает новую.
  revision bigint not null,
  -- Строка помечена по решению реестра, а не по записи элемента: следующий проход, увидевший файл, её вернёт.
  marked_at timestamptz,
  registered_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index files_newest on files (uploaded_at desc, file_id desc);
create index files_by_uploader on files (uploaded_by, uploaded_at desc, file_id desc);
create index files_by_element on files (storage_element_id, file_id);
-- Живые файлы — почти все строки: для них хватает общего порядка, отдельный указатель нужен редким состояниям.
create index files_not_active on files (status, uploaded_at desc, file_id desc) where status <> 'active';
create index files_temporary on files (uploaded_at desc, file_id desc) where retention_policy = 'temporary';

-- Счётчики файлов: сводка и total списков не должны пересчитывать миллионы строк.
-- Триггер дописывает разности, чтобы параллельные записи не ждали друг друга на одной строке счётчика;
-- разности сворачиваются в file_counters в фоне, читают сумму обеих таблиц.
create table file_counters (
  storage_element_id uuid not null,
  status text not null,
  retention_policy text not null,
  files bigint not null,
  bytes bigint not null,
  primary key (storage_element_id, status, retention_policy)
);
create table file_counter_deltas (
  id bigint generated always as identity primary key,
  storage_element_id uuid not null,
  status text not null,
  retention_policy text not null,
  files bigint not null,
  bytes bigint not null
);

create function count_inserted_files() returns trigger language plpgsql as $$
begin
  insert into file_counter_deltas (storage_element_id, status, retention_policy, files, bytes)
  select storage_element_id, status, retention_policy, count(*), sum(size)
  from inserted group by 1, 2, 3;
  return null;
end $$;

create function count_updated_files() returns trigger language plpgsql as $$
begin
  insert into file_counter_deltas (storage_element_id, status, retention_policy, files, bytes)
  select storage_element_id, status, retention_policy, sum(files), sum(bytes)
  from (
    select storage_element_id, status, retention_policy, 1 as files, size as bytes from after_update
    union all
    select storage_element_id, status, retention_policy, -1, -size from before_update
  ) as moved
  group by 1, 2, 3 having sum(files) <> 0 or sum(bytes) <> 0;
  return null;
end $$;

create function count_deleted_files() returns trigger language plpgsql as $$
begin
  insert into file_counter_deltas (storage_element_id, status, retention_policy, files, bytes)
  select storage_element_id, status, retention_policy, -count(*), -sum(size)
  from removed group by 1, 2, 3;
  return null;
end $$;

create function forget_file_counters() returns trigger language plpgsql as $$
begin
  delete from file_counters;
  delete from file_counter_deltas;
  return null;
end $$;

create trigger files_inserted after insert on files
  referencing new table as inserted for each statement execute function count_inserted_files();
create trigger files_updated after update on files
  referencing old table as before_update new table as after_update for each statement execute function count_updated_files();
create trigger files_deleted after delete on files
  referencing old table as removed for each statement execute function count_deleted_files();
create trigger files_truncated after truncate on files
  for each statement execute function forget_file_counters();

-- История синхронизаций и состояние идущих.
create table syncs (
  id uuid primary key,
  storage_element_id uuid not null references storage_elements (id),
  mode text not null check (mode in ('changes', 'full')),
  trigger text not null check (trigger in ('manual', 'periodic', 'registration', 'epoch', 'history_lost')),
  dry_run boolean not null default false,
  confirm boolean not null default false,
  state text not null check (state in ('running', 'done', 'failed', 'cancelled', 'needs_confirmation')),
  cancel_requested boolean not null default false,
  epoch text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  seen bigint not null default 0,
  added bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  marked_deleted bigint not null default 0,
  absent bigint not null default 0,
  conflicts bigint not null default 0,
  error_code text,
  error_message text,
  requested_by text
);
create index syncs_of_element on syncs (storage_element_id, started_at desc);
create index syncs_running on syncs (state) where state in ('running', 'needs_confirmation');
create index syncs_failed on syncs (finished_at) where state = 'failed';

-- Люди.
create table admin_users (
  id uuid primary key,
  username text not null,
  full_name text not null default '',
  role text not null check (role in ('admin', 'readonly')),
  status text not null check (status in ('active', 'disabled')),
  -- Строка PHC: алгоритм, его цена, соль и хеш.
  password_hash text not null,
  must_change_password boolean not null default false,
  password_changed_at timestamptz not null default now(),
  last_login_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index admin_users_username on admin_users (lower(username));

-- Неудачные попытки входа по имени, есть такое имя или нет. Хранится SHA-256 имени:
-- в поле имени люди по ошибке вводят и пароли.
create table login_attempts (
  name_hash bytea primary key,
  failures integer not null,
  locked_until timestamptz,
  last_failed_at timestamptz not null
);
create index login_attempts_last on login_attempts (last_failed_at);

-- Сеансы людей и их одноразовые токены обновления.
create table sessions (
  id uuid primary key,
  user_id uuid not null references admin_users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  remote_address text
);
create index sessions_of_user on sessions (user_id) where revoked_at is null;
create index sessions_expired on sessions (expires_at);
create table refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references sessions (id) on delete cascade,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_of_session on refresh_tokens (session_id);

-- Службы. Секрет — SHA-256 случайной строки; прежний живёт до previous_secret_expires_at.
create table service_accounts (
  id uuid primary key,
  name text not null,
  description text not null default '',
  client_id text not null unique,
  scopes text[] not null,
  status text not null check (status in ('active', 'suspended')),
  secret_hash bytea not null,
  secret_expires_at timestamptz,
  previous_secret_hash bytea,
  previous_secret_expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index service_accounts_name on service_accounts (name);

-- Ключи подписи токенов. Закрытый ключ зашифрован AES-256-GCM главным ключом; имя ключа входит в проверяемые данные.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_key bytea not null,
  created_at timestamptz not null default now(),
  -- До этого времени ключ объявлен, но не подписывает.
  active_from timestamptz not null,
  -- После этого времени ключа нет и в JWKS; null — пока не сменён.
  grace_until timestamptz
);

-- Журнал действий: только дописывается.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('user', 'service', 'system', 'anonymous')),
  actor text,
  action text not null,
  object_type text not null,
  object_id text,
  result text not null check (result in ('success', 'failure')),
  reason text,
  before jsonb,
  after jsonb,
  remote_address text,
  request_id text
);
create index audit_log_at on audit_log (at);
create index audit_log_of_object on audit_log (object_type, object_id, id);
create index audit_log_of_actor on audit_log (actor, id);
