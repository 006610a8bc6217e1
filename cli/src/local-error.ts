// Беда с местным файлом: узнать её и назвать словами, а не кодом системы. Чистый файл.

import type { Messages } from './messages.ts';

/** Ошибка файловой системы: у неё есть код и имя системного вызова. */
export function isLocal(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** @param missing чего нет, если система говорит «нет такого»: файла или папки для него */
export function localReason(text: Messages, error: { readonly code: string }, missing: 'file' | 'folder'): string {
  const { reasons } = text;
  const known: Readonly<Record<string, string>> = {
    ENOENT: missing === 'file' ? reasons.noFile : reasons.noFolder,
    EACCES: reasons.notAllowed,
    EPERM: reasons.notAllowed,
    ENOSPC: reasons.noSpace,
    EDQUOT: reasons.noSpace,
    EISDIR: reasons.isFolder,
    ENOTDIR: reasons.notFolder,
    EROFS: reasons.readOnly,
  };
  return known[error.code] ?? error.code;
}
