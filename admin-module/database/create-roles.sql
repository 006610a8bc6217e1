-- Роли базы ArtStore с наименьшими правами. Выполняет суперпользователь в самой базе; повтор безвреден:
--   psql -1 -v ON_ERROR_STOP=1 -d artstore -f create-roles.sql
-- Пароли задаются отдельно (\password): в файле им не место. Что дальше можно ролям, решает grant-rights.sql —
-- его выполняет сам модуль управления при каждом запуске.
--
--   artstore_admin_owner  владеет базой и схемой, применяет миграции обоих модулей
--   artstore_admin        работа модуля управления: читает и пишет строки
--   artstore_query        работа модуля поиска: читает files

do $$
declare
  wanted text;
begin
  foreach wanted in array array['artstore_admin_owner', 'artstore_admin', 'artstore_query'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I login', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      -- Роли общие для всего сервера: её только что завёл тот, кто готовит соседнюю базу.
      null;
    end;
  end loop;
end $$;

-- База и всё, что создали в ней миграции, переходят к владельцу по одному предмету: reassign owned забрал бы
-- у прежней роли и чужие базы. Предметы расширений остаются у расширения.
do $$
declare
  command text;
begin
  for command in
    with owner as (select oid from pg_roles where rolname = 'artstore_admin_owner'),
      home as (select oid, nspname, nspowner from pg_namespace where nspname in ('public', 'query')),
      foreign_things as (select classid, objid from pg_depend where deptype = 'e')
    select format('alter database %I owner to artstore_admin_owner', datname)
    from pg_database where datname = current_database() and datdba <> (select oid from owner)
    union all
    select format('alter schema %I owner to artstore_admin_owner', nspname)
    from home where nspname = 'query' and nspowner <> (select oid from owner)
    union all
    -- Последовательность столбца переходит вместе с таблицей.
    select format('alter table %I.%I owner to artstore_admin_owner', nspname, relname)
    from pg_class join home on home.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'S') and relowner <> (select oid from owner)
      and ('pg_class'::regclass, pg_class.oid) not in (select classid, objid from foreign_things)
      and not exists (
        select from pg_depend
        where classid = 'pg_class'::regclass and objid = pg_class.oid
          and relkind = 'S' and refclassid = 'pg_class'::regclass and deptype in ('a', 'i'))
    union all
    select format('alter routine %s owner to artstore_admin_owner', pg_proc.oid::regprocedure)
    from pg_proc join home on home.oid = pronamespace
    where proowner <> (select oid from owner)
      and ('pg_proc'::regclass, pg_proc.oid) not in (select classid, objid from foreign_things)
    union all
    select format('alter text search dictionary %I.%I owner to artstore_admin_owner', nspname, dictname)
    from pg_ts_dict join home on home.oid = dictnamespace
    where dictowner <> (select oid from owner)
      and ('pg_ts_dict'::regclass, pg_ts_dict.oid) not in (select classid, objid from foreign_things)
    union all
    select format('alter text search configuration %I.%I owner to artstore_admin_owner', nspname, cfgname)
    from pg_ts_config join home on home.oid = cfgnamespace
    where cfgowner <> (select oid from owner)
      and ('pg_ts_config'::regclass, pg_ts_config.oid) not in (select classid, objid from foreign_things)
  loop
    execute command;
  end loop;

  execute format('revoke temporary on database %I from public', current_database());
  execute format(
    'grant connect on database %I to artstore_admin_owner, artstore_admin, artstore_query', current_database());
end $$;

-- Создавать в общей схеме вправе только владелец.
revoke create on schema public from public;
grant usage, create on schema public to artstore_admin_owner;
grant usage on schema public to artstore_admin, artstore_query;

-- Схему query создаёт миграция модуля поиска. Нужна она и роли модуля управления: функции индексов исполняет тот,
-- кто вставляет строку в files.
alter default privileges for role artstore_admin_owner grant usage on schemas to artstore_admin, artstore_query;
do $$
begin
  if exists (select from pg_namespace where nspname = 'query') then
    grant usage on schema query to artstore_admin, artstore_query;
  end if;
end $$;
