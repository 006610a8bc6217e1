-- Права ролей времени работы на таблицы модуля. Выполняется владельцем таблиц при каждом запуске модуля управления
-- под замком миграций, поэтому новые таблицы получают права сразу. Лишнее снимается, недостающее выдаётся,
-- верное не трогается: запись о таблице без нужды не меняется. Ролей нет — делать нечего.

do $$
declare
  command text;
begin
  for command in
    with roles as (select oid, rolname from pg_roles where rolname in ('artstore_admin', 'artstore_query')),
      tables as (
        select pg_class.oid, relname, relowner, relacl
        from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = current_schema() and relkind in ('r', 'p') and pg_has_role(relowner, 'usage')
      ),
      rules as (
        -- Журнал действий только дописывается; учёт миграций ведёт владелец.
        select tables.oid as relation, 'artstore_admin' as grantee, privilege
        from tables, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as privilege
        where relname not like '%\_migrations' and (relname <> 'audit_log' or privilege in ('SELECT', 'INSERT'))
        union all
        select tables.oid, 'artstore_query', 'SELECT' from tables where relname = 'files'
      ),
      wanted as (
        select relation, roles.oid as role, privilege
        from rules join roles on rolname = grantee join tables on tables.oid = relation
        where relowner <> roles.oid
      ),
      granted as (
        select tables.oid as relation, entry.grantee as role, entry.privilege_type as privilege
        from tables, aclexplode(relacl) as entry
        where entry.grantee in (select oid from roles) and entry.grantee <> relowner
      )
    select format('revoke %s on %s from %s', privilege, relation::regclass, role::regrole)
    from (select * from granted except select * from wanted) as extra
    union all
    select format('grant %s on %s to %s', privilege, relation::regclass, role::regrole)
    from (select * from wanted except select * from granted) as missing
    union all
    select format('grant execute on function %s to artstore_admin', pg_proc.oid::regprocedure)
    from pg_proc, roles
    where pg_proc.oid = to_regprocedure('forget_old_audit(interval, integer)') and rolname = 'artstore_admin'
      and pg_has_role(proowner, 'usage') and not has_function_privilege(roles.oid, pg_proc.oid, 'execute')
  loop
    execute command;
  end loop;
end $$;
