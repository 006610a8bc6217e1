-- Слова и функции поиска. Таблицы files здесь нет: она принадлежит Admin Module, а эти объекты — Query Module.
-- Все функции неизменны (IMMUTABLE): на них стоят индексы следующих миграций. Правка функции требует новой миграции,
-- которая пересоздаёт и её, и её индексы.
--
-- Откат: DROP SCHEMA query CASCADE (вместе с индексами); данные не затрагиваются.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA IF NOT EXISTS query;

-- Без списков стоп-слов: файл может называться «Не.txt» или «The Who». Стоп-слова отбрасывает только запрос.
CREATE TEXT SEARCH DICTIONARY query.russian_stem (TEMPLATE = pg_catalog.snowball, Language = russian);
CREATE TEXT SEARCH DICTIONARY query.english_stem (TEMPLATE = pg_catalog.snowball, Language = english);

-- Слово латиницей идёт в английскую основу, кириллицей — в русскую: один разбор на оба языка.
CREATE TEXT SEARCH CONFIGURATION query.words (COPY = pg_catalog.russian);
ALTER TEXT SEARCH CONFIGURATION query.words ALTER MAPPING FOR asciiword WITH query.english_stem;
ALTER TEXT SEARCH CONFIGURATION query.words ALTER MAPPING FOR word WITH query.russian_stem;

-- То же, но предлоги и союзы отброшены: так разбирается запрос.
CREATE TEXT SEARCH CONFIGURATION query.plain_words (COPY = pg_catalog.russian);

-- Регистр и ё не различаются. Встраивается в запрос (одно выражение), поэтому стоит копейки.
CREATE FUNCTION query.fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN translate(lower(value), 'ё', 'е');

-- Имя для поиска по части. Триграммы строятся только из букв и цифр, и «отчёт-» искал бы все «отчёт» подряд; поэтому
-- частые разделители становятся буквами, которых в именах не бывает (старая кириллица). Образец LIKE проходит через ту же
-- функцию, так что находится ровно то, что написано.
CREATE FUNCTION query.part(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN translate(lower(value), 'ё _-.()№', 'еѫѭѯѱѵѷѹ');

-- Последнее расширение имени, строчными; у имени без точки — пустая строка.
CREATE FUNCTION query.extension(name text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE WHEN strpos(name, '.') > 0 THEN lower(split_part(name, '.', -1)) ELSE '' END;

-- «Приём», «объём», «подъём», «заём»: основа принимает -ем за окончание глагола (прием → при) и расходится с прочими
-- падежами (приема → прием). Такие слова получают окончание родительного падежа.
CREATE FUNCTION query.steady(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN regexp_replace(value, '\m(при|про|за|на|водо|объ|подъ|разъ|съ)ем\M', '\1ема', 'g');

-- Текст, в котором остались только слова и числа через пробел. Разбор по умолчанию принимает plan-drawing-1.docx
-- за имя узла и не находит в нём слов, поэтому разделители убираются до него. Диакритика латиницы снимается
-- (é → e) через NFD; кириллицу так трогать нельзя: й стало бы и. Буквы отделяются от цифр, латиница — от кириллицы.
CREATE FUNCTION query.words(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN query.steady(regexp_replace(
    regexp_replace(
      CASE
        WHEN value ~ '[À-ɏ]'
          THEN normalize(regexp_replace(normalize(query.fold(value), NFD), '([a-z])[\u0300-\u036f]+', '\1', 'g'), NFC)
        ELSE query.fold(value)
      END,
      '[^[:alnum:]]+', ' ', 'g'),
    '([[:alpha:]])(?=[[:digit:]])|([[:digit:]])(?=[[:alpha:]])|([a-z])(?=[а-я])|([а-я])(?=[a-z])',
    '\1\2\3\4 ', 'g'));

-- Слова файла с весами: имя (A), метки (B), описание (C). plpgsql, а не sql: array_to_string помечена STABLE
-- (для text[] она неизменна), и такую функцию нельзя было бы назвать неизменной. Цена измерена: около 20 мкс.
CREATE FUNCTION query.search_vector(name text, description text, tags text[]) RETURNS tsvector
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1500
AS $$
BEGIN
  RETURN setweight(to_tsvector('query.words'::regconfig, query.words(coalesce(name, ''))), 'A')
      || setweight(to_tsvector('query.words'::regconfig, query.words(coalesce(array_to_string(tags, ' '), ''))), 'B')
      || setweight(to_tsvector('query.words'::regconfig, query.words(coalesce(description, ''))), 'C');
END
$$;

-- Запрос из очищенных слов (кавычки — фраза, or, минус). Состоит из одних стоп-слов — ищем их самих.
CREATE FUNCTION query.words_query(value text) RETURNS tsquery
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE
    WHEN numnode(websearch_to_tsquery('query.plain_words'::regconfig, query.steady(value))) > 0
      THEN websearch_to_tsquery('query.plain_words'::regconfig, query.steady(value))
    ELSE websearch_to_tsquery('query.words'::regconfig, query.steady(value))
  END;

-- Состоит ли запрос из одних стоп-слов.
CREATE FUNCTION query.is_noise(value text) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN numnode(websearch_to_tsquery('query.plain_words'::regconfig, query.steady(value))) = 0;

-- Основы слов текста без стоп-слов (если кроме них что-то есть): по ним находят, что подсветить.
CREATE FUNCTION query.stems(value text) RETURNS text[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE
    WHEN to_tsvector('query.plain_words'::regconfig, query.steady(value)) <> ''::tsvector
      THEN tsvector_to_array(to_tsvector('query.plain_words'::regconfig, query.steady(value)))
    ELSE tsvector_to_array(to_tsvector('query.words'::regconfig, query.steady(value)))
  END;
