-- no-transaction
-- Индексы поиска по таблице files. CONCURRENTLY: запись в реестр не останавливается, сколько бы строк в нём ни было.
-- Оборванное построение повторяется: негодный индекс убирает исполнитель миграций.
--
-- Порядок по времени, по загрузившему и редкие состояния уже покрыты индексами самого Admin Module (files_newest,
-- files_by_uploader, files_not_active): второй раз их не строим.
--
-- Откат: DROP INDEX CONCURRENTLY по каждому имени; поиск останется верным, но медленным.

-- Часть имени.
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_name_part ON files USING gin (query.part(original_filename) gin_trgm_ops);
-- Доля имён с данной частью оценивается по образцам из статистики: на обычной сотне ошибка была бы кратной.
ALTER INDEX files_query_name_part ALTER COLUMN 1 SET STATISTICS 500;

-- Имя целиком и порядок по имени.
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_name ON files (query.fold(original_filename), file_id);

-- Слова имени, меток и описания.
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_words ON files
  USING gin (query.search_vector(original_filename, description, tags));

CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_tags ON files USING gin (tags);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_metadata ON files USING gin (metadata jsonb_path_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_size ON files (size, file_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_checksum ON files (checksum);
CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_extension ON files (query.extension(original_filename), uploaded_at, file_id);

CREATE INDEX CONCURRENTLY IF NOT EXISTS files_query_expires_at ON files (expires_at) WHERE expires_at IS NOT NULL;

-- Оценка числа совпадений опирается на статистику выражений; до неё планировщик гадает.
ANALYZE files;
