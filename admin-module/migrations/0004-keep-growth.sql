-- Рост реестра и неудачные входы по часам: сводка читает готовые суммы, а не таблицы в миллионы строк.

-- Время разности: свёртка бывает и много позже записи, а час роста — час записи. Новый столбец с постоянным
-- значением таблицу не переписывает, и триггеры файлов остаются прежними.
alter table file_counter_deltas add column at timestamptz not null default now();

-- Насколько за час изменилось число и объём неудалённых файлов. Пополняется той же фоновой свёрткой разностей.
create table file_growth_hours (
  hour timestamptz primary key,
  files bigint not null,
  bytes bigint not null
);

-- Сколько раз за час в вход отказано: неверный пароль или закрытое имя.
create table login_failure_hours (
  hour timestamptz primary key,
  failures bigint not null
);

-- Очищенный реестр — это убыль; иначе построенный заново он показался бы приростом. Несвёрнутые разности пропадают
-- вместе со своим приростом, поэтому вычитается только свёрнутое.
create or replace function forget_file_counters() returns trigger language plpgsql as $$
begin
  insert into file_growth_hours as known (hour, files, bytes)
  select date_trunc('hour', now(), 'UTC'), -sum(files), -sum(bytes) from file_counters
  where status <> 'deleted' having sum(files) <> 0
  on conflict (hour) do update set files = known.files + excluded.files, bytes = known.bytes + excluded.bytes;
  delete from file_counters;
  delete from file_counter_deltas;
  return null;
end $$;
