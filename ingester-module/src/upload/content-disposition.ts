// Заголовки части формы (RFC 7578, 4.2; RFC 6266; RFC 5987). Чистый файл.
// Имена приходят байтами UTF-8, которые разборщик отдаёт по байту на знак: здесь они становятся текстом.

export interface Disposition {
  readonly type: string;
  readonly name: string | undefined;
  readonly filename: string | undefined;
}

/** Разбирает Content-Disposition; undefined — записан не по правилам. @param raw по байту на знак (latin1) */
export function parseDisposition(raw: string): Disposition | undefined {
  const header = decodeUtf8(Buffer.from(raw, 'latin1'));
  const type = header === undefined ? undefined : /^\s*([\w-]+)\s*/.exec(header);
  if (header === undefined || !type) return undefined;
  const parameters = parseParameters(header.slice(type[0].length));
  if (!parameters) return undefined;
  const extended = parameters.get('filename*');
  const filename = extended === undefined ? parameters.get('filename') : decodeExtended(extended);
  if (extended !== undefined && filename === undefined) return undefined;
  return { type: (type[1] ?? '').toLowerCase(), name: parameters.get('name'), filename };
}

const PARAMETER = /\s*;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:\\["\\]|[^"])*)"|([^\s;"]+))\s*/y;

/** Параметры `; имя=значение`; undefined — остался неразобранный хвост или имя повторилось. */
function parseParameters(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const match = PARAMETER.exec(text);
    const name = match?.[1]?.toLowerCase();
    if (!match || name === undefined || found.has(name)) return undefined;
    // Только \" и \\: прочие обратные черты бывают частью имени (пути Windows отвергнет правило имён).
    found.set(name, match[2]?.replace(/\\(["\\])/g, '$1') ?? match[3] ?? '');
  }
  return found;
}

/** `UTF-8''%D0%BF…` (RFC 5987); другие кодировки не поддержаны. */
function decodeExtended(value: string): string | undefined {
  const match = /^utf-8'[\w-]*'((?:%[0-9a-f]{2}|[\w!#$&+.^`|~-])*)$/i.exec(value);
  if (!match) return undefined;
  const bytes = (match[1] ?? '').replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decodeUtf8(Buffer.from(bytes, 'latin1'));
}

/** Текст из байтов UTF-8; негодные байты не подменяются, а отвергаются: имя стало бы другим. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Граница из Content-Type запроса (RFC 2046, 5.1.1: до 70 знаков); undefined — её нет или она негодна. */
export function parseBoundary(contentType: string | undefined): string | undefined {
  const match =
    /^\s*multipart\/form-data\s*;(?:[^;]*;)*?\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))\s*(?:;|$)/i.exec(
      contentType ?? '',
    );
  const boundary = match?.[1] ?? match?.[2];
  return boundary !== undefined && /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary) ? boundary : undefined;
}
