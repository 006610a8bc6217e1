// Таблицы для людей из того, что уже сказано в коде: переменные окружения, операции контракта, коды ошибок. Чистая логика.

import type { EnvRow } from '@artstore/chassis';
import type { ErrorRow } from '@artstore/contracts';
import { isRecord, operationsOf } from './contract-operations.ts';

/** Экранирует то, что сломало бы строку таблицы Markdown. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Переменные окружения модуля. */
export function envTable(rows: readonly EnvRow[]): string {
  return table(
    ['Переменная', 'По умолчанию', 'Что значит'],
    rows.map((row) => [
      `\`${row.name}\``,
      row.required ? 'обязательна' : row.default === '' ? '—' : `\`${row.default}\``,
      row.description,
    ]),
  );
}

/** Операции контракта: путь, права, назначение. */
export function endpointTable(contract: unknown): string {
  return table(
    ['Метод и путь', 'Операция', 'Права', 'Назначение'],
    operationsOf(contract).map((operation) => [
      `\`${operation.method.toUpperCase()} ${operation.path}\``,
      `\`${operation.operationId}\``,
      rightsOf(operation.definition),
      operation.summary,
    ]),
  );
}

function rightsOf(definition: Record<string, unknown>): string {
  const lines: unknown[] = Array.isArray(definition['security']) ? definition['security'] : [];
  if (lines.length === 0) return 'открыта';
  const alternatives = lines.filter(isRecord).flatMap((line) =>
    Object.entries(line).map(([scheme, scopes]) => {
      const names = Array.isArray(scopes) ? scopes.join(' + ') : '';
      return scheme === 'userToken' ? `роль ${names}` : names;
    }),
  );
  return alternatives.join(' или ');
}

/** Страница docs/errors.md. */
export function errorsPage(
  rows: Readonly<Record<string, ErrorRow>>,
  seenIn: ReadonlyMap<string, readonly string[]>,
): string {
  const body = Object.entries(rows).map(([code, row]) => [
    `\`${code}\``,
    String(row.status),
    row.ru,
    row.en,
    // Об этом ответе контракты молчат: у неизвестного адреса нет операции.
    [...(code === 'NOT_FOUND' ? ['неизвестный адрес в любом модуле'] : []), ...(seenIn.get(code) ?? [])].join(', ') ||
      '—',
  ]);
  return [
    '# Коды ошибок',
    '',
    '<!-- Порождено из pkg/contracts/errors.ts и контрактов командой npm run generate. Руками не правят. -->',
    '',
    'Любая ошибка приходит в одной форме: `{"error": {"code", "message", "details"?, "request_id"?}}`. Таблица закрыта:',
    'других кодов не бывает. Текст выбирается по `Accept-Language` (`ru` или `en`; если язык не назван — `en`).',
    '',
    table(['Код', 'Статус', 'По-русски', 'По-английски', 'Где бывает'], body),
    '',
  ].join('\n');
}

/**
 * Вставляет текст между метками `<!-- имя:begin -->` и `<!-- имя:end -->`.
 * @returns undefined, если меток в документе нет
 */
export function fillMarkers(document: string, name: string, content: string): string | undefined {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) return undefined;
  return `${document.slice(0, from + begin.length)}\n${content}\n${document.slice(to)}`;
}
