// Под кем работает встроенный сервер: PostgreSQL отказывается работать от root, тогда он получает учётную запись nobody.
import { readFileSync } from 'node:fs';

export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  /** Сменится ли пользователь: мы root, а сервер — нет. */
  readonly differs: boolean;
}

const NOBODY_ID = 65_534;

export function chooseServerAccount(): ServerAccount {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0, differs: false };
  return { ...findNobody(), differs: true };
}

/** Номера nobody берутся из /etc/passwd; в урезанном образе его может и не быть. */
function findNobody(): { uid: number; gid: number } {
  const match = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readPasswd());
  return { uid: Number(match?.[1] ?? NOBODY_ID), gid: Number(match?.[2] ?? NOBODY_ID) };
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
