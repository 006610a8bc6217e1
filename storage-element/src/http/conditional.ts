// Условные запросы по метке содержимого (RFC 9110, 8.8.3 и 13.1). Чистые сравнения.

/** Сильная метка: SHA-256 содержимого в кавычках. */
export function etagOf(file: { readonly checksum: string }): string {
  return `"${file.checksum}"`;
}

/**
 * Совпала ли какая-нибудь метка If-None-Match. Сравнение слабое: `W/` не различается.
 * `*` совпадает всегда: файл есть. Негодный список не совпадает ни с чем, и клиент получает содержимое.
 */
export function matchesAny(header: string, etag: string): boolean {
  const text = header.trim();
  if (text === '*') return true;
  const tags = parseEntityTags(text);
  return tags?.some((tag) => tag === etag) ?? false;
}

/** Держится ли If-Range: только точное совпадение сильной метки; слабая метка и дата не годятся. */
export function allowsRange(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

/** Метки списка без `W/`; undefined, если список не по грамматике. Запятая внутри кавычек — часть метки. */
function parseEntityTags(text: string): string[] | undefined {
  const tag = /[ \t,]*(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y;
  const tags: string[] = [];
  while (tag.lastIndex < text.length) {
    const match = tag.exec(text);
    if (match?.[1] === undefined) return undefined;
    tags.push(match[1]);
  }
  return tags;
}
