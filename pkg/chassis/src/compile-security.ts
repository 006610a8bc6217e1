// Строки `security` контракта → требования к владельцу токена. Что непонятно — ошибка старта, а не пропуск.
import type { Role, Scope, SecurityRequirement } from '@artstore/contracts';
import type { ContractOperation } from './contract-document.ts';

const SCOPES: ReadonlySet<string> = new Set<Scope>([
  'files:read',
  'files:write',
  'storage:read',
  'storage:write',
  'admin:read',
  'admin:write',
]);
const ROLES: ReadonlySet<string> = new Set<Role>(['admin', 'readonly']);

/** Требования операции; пустой список — операция открыта всем. Бросает Error, если контракт о доступе молчит. */
export function compileSecurity({ operationId, security }: ContractOperation): readonly SecurityRequirement[] {
  if (security === undefined) throw new Error(`${operationId}: в контракте нет security`);
  return security.map((line) => readLine(operationId, line));
}

function readLine(operationId: string, line: Readonly<Record<string, readonly string[]>>): SecurityRequirement {
  const [entry, ...others] = Object.entries(line);
  if (entry === undefined || others.length > 0)
    throw new Error(`${operationId}: в строке security нужна ровно одна схема`);
  const [scheme, words] = entry;
  if (scheme === 'serviceToken' && words.length > 0 && words.every(isScope)) return { kind: 'service', scopes: words };
  const [role, ...rest] = words;
  if (scheme === 'userToken' && rest.length === 0 && role !== undefined && isRole(role)) return { kind: 'user', role };
  throw new Error(`${operationId}: непонятная строка security: ${JSON.stringify(line)}`);
}

function isScope(word: string): word is Scope {
  return SCOPES.has(word);
}

function isRole(word: string): word is Role {
  return ROLES.has(word);
}
