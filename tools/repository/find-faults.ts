// Что не должно попасть в хранилище исходников: следы чужих машин, адреса реестров, ссылки в никуда. Чистая логика.

import { posix } from 'node:path';

export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const FORBIDDEN: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/(?<![\w.])\/work\/(main|shared)\b/, 'путь чужой машины'],
  [/(?<![\w.])\/root\/[\w.]/, 'путь чужой машины'],
  [/(?<![\w.])\/home\/(?!node\b)[a-z][\w-]*\//, 'путь чужой машины'],
  [/\/tmp\/brief/, 'путь чужой машины'],
  [/https?:\/\/registry\.[\w.-]+/, 'адрес реестра пакетов'],
  [/https?:\/\/[\w.-]*(nexus|artifactory|verdaccio)[\w.-]*\//i, 'адрес реестра пакетов'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'закрытый ключ'],
];

/** Ищет запрещённые слова в тексте файла. */
export function findForbiddenWords(path: string, text: string): readonly Fault[] {
  return text.split('\n').flatMap((content, index) =>
    FORBIDDEN.filter(([pattern]) => pattern.test(content)).map(([, why]) => ({
      path,
      line: index + 1,
      message: `${why}: ${content.trim().slice(0, 100)}`,
    })),
  );
}

/** В package-lock.json нет адресов загрузки: где брать пакеты, решает настройка npm у того, кто ставит. */
export function findLockHosts(path: string, text: string): readonly Fault[] {
  return text
    .split('\n')
    .flatMap((content, index) =>
      /"resolved":\s*"[a-z+]+:\/\//.test(content)
        ? [{ path, line: index + 1, message: `адрес загрузки: ${content.trim()}` }]
        : [],
    );
}

/** Две миграции модуля под одним номером: база приняла бы лишь одну из них. */
export function findSameMigrations(paths: readonly string[]): readonly Fault[] {
  const first = new Map<string, string>();
  return paths.flatMap((path) => {
    const place = /^(?:.*\/)?migrations\/\d+(?=-[^/]+\.sql$)/.exec(path)?.[0];
    if (place === undefined) return [];
    const known = first.get(place);
    if (known !== undefined) return [{ path, line: 1, message: `номер миграции уже занят: ${known}` }];
    first.set(place, path);
    return [];
  });
}

/**
 * Ищет в Markdown ссылки на файлы, которых нет, и на заголовки, которых нет.
 * @param exists есть ли файл или папка по пути от корня
 * @param headingsOf якоря заголовков файла Markdown
 */
export function findDeadLinks(
  { path, text }: { path: string; text: string },
  { exists, headingsOf }: { exists: (path: string) => boolean; headingsOf: (path: string) => ReadonlySet<string> },
): readonly Fault[] {
  const prose = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replaceAll(/[^\n]/g, ' '));
  return [...prose.matchAll(/(?<!`)\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm)].flatMap((match) => {
    const link = match[1] ?? match[2] ?? '';
    if (/^[a-z][a-z+.-]*:|^\/\//i.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURIComponent(file)));
    const line = prose.slice(0, match.index).split('\n').length;
    if (!exists(target)) return [{ path, line, message: `ссылка в никуда: ${link}` }];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    const known = headingsOf(target).has(decodeURIComponent(anchor).toLowerCase());
    return known ? [] : [{ path, line, message: `заголовка нет: ${link}` }];
  });
}

/** Якоря заголовков так, как их строит GitHub. */
export function headingAnchors(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, title = ''] of text.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    anchors.add(
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    );
  }
  return anchors;
}
