// Содержимое проверенного токена → владелец. Чистая функция: подпись и сроки проверены раньше.
import type { Principal, Role, Scope } from '@artstore/contracts';
import type { JWTPayload } from 'jose';
import { invalidToken } from './invalid-token.ts';

/** Права закрытого списка (требования, 2.7); незнакомые слова в токене ничего не дают. */
const SCOPES: ReadonlySet<string> = new Set<Scope>([
  'files:read',
  'files:write',
  'storage:read',
  'storage:write',
  'admin:read',
  'admin:write',
]);

/** Есть `role` — это человек, нет — служба; смешать их в одном токене нельзя. */
export function readPrincipal(payload: JWTPayload): Principal {
  const subject = nonEmpty(payload.sub, 'sub');
  if (payload['role'] !== undefined) {
    return {
      kind: 'user',
      subject,
      username: nonEmpty(payload['username'], 'username'),
      role: readRole(payload['role']),
    };
  }
  return {
    kind: 'service',
    subject,
    clientId: nonEmpty(payload['client_id'], 'client_id'),
    scopes: readScopes(payload),
  };
}

function readRole(role: unknown): Role {
  if (role === 'admin' || role === 'readonly') return role;
  throw invalidToken('unknown role');
}

function readScopes(payload: JWTPayload): ReadonlySet<Scope> {
  const { scope, scopes } = payload;
  const words = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scopes) ? scopes : [];
  return new Set(words.filter(isScope));
}

function isScope(word: unknown): word is Scope {
  return typeof word === 'string' && SCOPES.has(word);
}

function nonEmpty(value: unknown, claim: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidToken(`claim ${claim} is missing`);
}
