-- Журнал действий только дописывается: правку, удаление и очистку отвергает сама база, кто бы их ни просил.
-- Старое уходит одним путём — через forget_old_audit. Замки короткие: таблица не переписывается.

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('artstore.audit_retention', true) = 'on' then
    return null;
  end if;
  raise exception 'audit_log is append-only: % refused', lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

create trigger audit_log_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();

-- Удаляет не больше portion записей старше срока хранения и отвечает, сколько удалила. Исполняется правами владельца
-- таблицы: роли самого модуля удалять из журнала нельзя. Путь поиска закреплён, чтобы чужая схема не подменила таблицу.
do $$
begin
  execute format($create$
    create function forget_old_audit(keep interval, portion integer) returns integer
    language plpgsql security definer set search_path = %I, pg_temp as $body$
    declare
      forgotten integer;
    begin
      if keep is null or keep <= interval '0' then
        raise exception 'the retention must be positive' using errcode = 'invalid_parameter_value';
      end if;
      perform set_config('artstore.audit_retention', 'on', true);
      delete from audit_log where id in (
        select id from audit_log where at < now() - keep order by at limit portion for update skip locked);
      get diagnostics forgotten = row_count;
      perform set_config('artstore.audit_retention', 'off', true);
      return forgotten;
    end $body$
  $create$, current_schema());
  revoke all on function forget_old_audit(interval, integer) from public;
  if exists (select from pg_roles where rolname = 'artstore_admin') then
    grant execute on function forget_old_audit(interval, integer) to artstore_admin;
  end if;
end $$;
