-- Пометки по отсутствию. Одного отсутствия мало: строка помечается после двух полных проходов подряд
-- (или удаления в ленте) и живого именного 404.

-- Строки, которых элемент не показал. Увиденный файл отсюда уходит.
create table file_absences (
  storage_element_id uuid not null,
  file_id uuid not null,
  -- Проходы разных эпох не складываются.
  epoch text not null,
  passes integer not null check (passes > 0),
  -- listing — не встретилась в полном перечне, feed — удалена в ленте, но отложена бюджетом потерь.
  via text not null check (via in ('listing', 'feed')),
  sync_id uuid not null,
  first_absent_at timestamptz not null default now(),
  primary key (storage_element_id, file_id)
);

-- Отсутствующие одного идущего прохода. Переживать сбой им незачем: вместе с процессом пропадает и проход.
create unlogged table sync_absent_rows (
  sync_id uuid not null,
  file_id uuid not null,
  primary key (sync_id, file_id)
);

-- Сколько записей обещает перечень; null — проход по ленте.
alter table syncs add column total bigint;

-- restored — строки элемента пропали из реестра: базу восстановили без них.
alter table storage_elements drop constraint storage_elements_full_sync_reason_check,
  add constraint storage_elements_full_sync_reason_check
    check (full_sync_reason in ('registration', 'epoch', 'history_lost', 'restored'));
alter table syncs drop constraint syncs_trigger_check,
  add constraint syncs_trigger_check
    check (trigger in ('manual', 'periodic', 'registration', 'epoch', 'history_lost', 'restored'));
