-- no-transaction
-- Указатели страниц, которых общий порядок не спасает: когда подходящих строк мало, по нему пришлось бы пройти всю таблицу.
-- Строятся, не останавливая записи. Откат: drop index concurrently по имени; страницы останутся верными, но медленными.
create index concurrently if not exists files_permanent on files (uploaded_at desc, file_id desc)
  where retention_policy = 'permanent';
create index concurrently if not exists files_of_element on files (storage_element_id, uploaded_at desc, file_id desc);
