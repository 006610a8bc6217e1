// Разбор одного файла TypeScript для проверки границ: что он импортирует и чем пользуется. Файлов не читает.

import { parseSync, Visitor } from 'oxc-parser';

export interface ImportUse {
  readonly specifier: string;
  /** Импортируются только типы: при запуске этой строки нет. */
  readonly typeOnly: boolean;
  readonly names: readonly string[];
  readonly line: number;
}

export interface Use {
  /** Что именно встречено: `process.env`, `fetch`, `Date.now`, текст SQL, `export *`. */
  readonly what: string;
  readonly line: number;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Комментарий, с которого начинается файл; пустая строка — его нет. */
  readonly header: string;
  readonly imports: readonly ImportUse[];
  readonly uses: readonly Use[];
  readonly sql: readonly Use[];
}

const SQL_TEXT =
  /^\s*(select\s[\s\S]+\sfrom\s|insert\s+into\s|update\s+[\w".]+\s+set\s|delete\s+from\s|create\s+(unique\s+)?(table|index|schema|role|extension)\s|alter\s+(table|role)\s|drop\s+(table|index|role)\s|with\s+\w+\s+as\s*\()/i;
const SQL_METHODS = new Set(['selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'mergeInto']);
const WATCHED_GLOBALS = new Set(['fetch', 'WebSocket', 'EventSource']);
const WATCHED_MEMBERS = new Set(['process.env', 'Date.now', 'Math.random', 'globalThis.fetch', 'performance.now']);

/**
 * Разбирает текст файла.
 * @throws Error, если текст не разбирается: тогда о границах судить нельзя
 */
export function readSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path}: ${parsed.errors[0]?.message ?? 'не разбирается'}`);
  const lineOf = createLineFinder(text);
  const header = readHeader(text, parsed.comments);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    header,
    imports: readImports(parsed.module, text, lineOf),
    ...readUses(parsed, lineOf),
  };
}

type Parsed = ReturnType<typeof parseSync>;
type LineFinder = (offset: number) => number;

function createLineFinder(text: string): LineFinder {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** Склеивает комментарии от начала файла до первой строки кода. */
function readHeader(text: string, comments: Parsed['comments']): string {
  let at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  const parts: string[] = [];
  for (const comment of comments) {
    if (comment.start < at) continue;
    if (text.slice(at, comment.start).trim() !== '') break;
    parts.push(comment.value.trim());
    at = comment.end;
  }
  return parts.join('\n');
}

function readImports(module: Parsed['module'], text: string, lineOf: LineFinder): ImportUse[] {
  const imports: ImportUse[] = module.staticImports.map((item) => ({
    specifier: item.moduleRequest.value,
    typeOnly:
      (item.entries.length > 0 && item.entries.every((entry) => entry.isType)) ||
      /^import\s+type\b/.test(text.slice(item.start, item.end)),
    names: item.entries.filter((entry) => !entry.isType).map((entry) => entry.importName.name ?? entry.localName.value),
    line: lineOf(item.start),
  }));
  for (const statement of module.staticExports) {
    for (const entry of statement.entries) {
      if (entry.moduleRequest === null) continue;
      imports.push({
        specifier: entry.moduleRequest.value,
        typeOnly: entry.isType,
        names: [entry.importName.name ?? '*'],
        line: lineOf(statement.start),
      });
    }
  }
  for (const item of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(item.moduleRequest.start, item.moduleRequest.end));
    if (literal?.[2] === undefined) continue;
    imports.push({ specifier: literal[2], typeOnly: false, names: [], line: lineOf(item.start) });
  }
  return imports;
}

function readUses(parsed: Parsed, lineOf: LineFinder): { uses: Use[]; sql: Use[] } {
  const uses: Use[] = [];
  const sql: Use[] = [];
  const see = (list: Use[], what: string, offset: number): void => void list.push({ what, line: lineOf(offset) });
  new Visitor({
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier' || node.computed) return;
      const name = `${node.object.name}.${node.property.name}`;
      if (WATCHED_MEMBERS.has(name)) see(uses, name, node.start);
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type === 'Identifier' && WATCHED_GLOBALS.has(callee.name)) see(uses, callee.name, node.start);
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      if (SQL_METHODS.has(callee.property.name)) see(sql, `.${callee.property.name}()`, callee.property.start);
    },
    NewExpression(node) {
      if (node.callee.type !== 'Identifier') return;
      if (node.callee.name === 'Date' && node.arguments.length === 0) see(uses, 'new Date()', node.start);
      if (WATCHED_GLOBALS.has(node.callee.name)) see(uses, node.callee.name, node.start);
    },
    TaggedTemplateExpression(node) {
      if (node.tag.type === 'Identifier' && node.tag.name === 'sql') see(sql, 'sql``', node.start);
    },
    Literal(node) {
      if (typeof node.value === 'string' && SQL_TEXT.test(node.value)) see(sql, 'текст SQL', node.start);
    },
    TemplateLiteral(node) {
      const text = node.quasis.map((part) => part.value.cooked ?? '').join('?');
      if (SQL_TEXT.test(text)) see(sql, 'текст SQL', node.start);
    },
    ExportAllDeclaration(node) {
      see(uses, 'export *', node.start);
    },
  }).visit(parsed.program);
  return { uses, sql };
}
