// Заголовки содержимого: метка, сумма, имя для сохранения и запрет исполнять чужое в браузере. Чистые преобразования.
import { create as contentDisposition } from 'content-disposition';
import type { StoredFile } from '../files/file.ts';
import { etagOf } from './conditional.ts';
import { formatDigest } from './parse-digest.ts';

/** Тип содержимого по RFC 9110, 8.3.1, с параметрами: только то, что можно поставить в заголовок. */
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[\t\x20-\x7e]*)?$/;

/** Заголовки, которые несёт и 304: всё, что нужно кэшу клиента (RFC 9110, 15.4.5). */
export function cacheHeaders(file: StoredFile): Record<string, string> {
  return {
    etag: etagOf(file),
    // Файл могут удалить или закрыть: каждый раз спросить, но байты по метке не повторять.
    'cache-control': 'private, no-cache',
  };
}

/** Заголовки ответа с содержимым или на HEAD; длину и участок добавляет план скачивания. */
export function downloadHeaders(file: StoredFile): Record<string, string> {
  return {
    ...cacheHeaders(file),
    'content-type': MEDIA_TYPE.test(file.contentType) ? file.contentType : 'application/octet-stream',
    'content-disposition': contentDisposition(file.originalFilename),
    'repr-digest': formatDigest(file.checksum),
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  };
}
