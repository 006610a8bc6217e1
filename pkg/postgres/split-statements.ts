// Делит текст SQL на отдельные команды. Чистая комната; нужна файлам без транзакции:
// несколько команд в одной строке протокола сервер всё равно выполнил бы одной неявной транзакцией.

export interface Statement {
  readonly text: string;
  /** Номер строки файла, с 1. */
  readonly line: number;
}

/**
 * Куски, внутри которых точка с запятой ничего не завершает (руководство PostgreSQL, 4.1):
 * комментарии, строки, имена в кавычках и строки в долларах.
 */
const OPAQUE =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$)[\s\S]*?\1/gu;

/** Команды по порядку, без завершающей точки с запятой; пустые и состоящие из одних комментариев опускаются. */
export function splitStatements(sql: string): Statement[] {
  // Непрозрачное заменяется пробелами той же длины: смещения и номера строк остаются верными.
  const masked = sql.replace(OPAQUE, (piece) => piece.replace(/[^\n]/g, isComment(piece) ? ' ' : 'x'));
  const statements: Statement[] = [];
  let start = 0;
  for (const part of masked.split(';')) {
    const lead = part.length - part.trimStart().length;
    const length = part.trim().length;
    if (length > 0) {
      const from = start + lead;
      statements.push({ text: sql.slice(from, from + length), line: lineAt(sql, from) });
    }
    start += part.length + 1;
  }
  return statements;
}

/** Номер строки (с 1), в которой стоит символ с данным смещением. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isComment(piece: string): boolean {
  return piece.startsWith('--') || piece.startsWith('/*');
}
