// Кто сделал запрос и что ему можно: общее слово модулей (требования, 2.7).

export type Scope = 'files:read' | 'files:write' | 'storage:read' | 'storage:write' | 'admin:read' | 'admin:write';

export type Role = 'admin' | 'readonly';

/** Служба (scopes) или человек (role), узнанные по токену. */
export type Principal =
  | {
      readonly kind: 'service';
      readonly subject: string;
      readonly clientId: string;
      readonly scopes: ReadonlySet<Scope>;
    }
  | { readonly kind: 'user'; readonly subject: string; readonly username: string; readonly role: Role };

/**
 * Одна строка `security` контракта (OpenAPI 3.1, 4.8.30): какие права нужны вместе.
 * Строки операции соединены словом «или»; пустой список строк — операция открыта всем.
 */
export type SecurityRequirement =
  | { readonly kind: 'service'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'user'; readonly role: Role };

/** Хватает ли прав: достаточно одной подходящей строки. Пустой список здесь не означает «можно всем». */
export function permits(principal: Principal, alternatives: readonly SecurityRequirement[]): boolean {
  return alternatives.some((requirement) => {
    if (requirement.kind === 'service') {
      return principal.kind === 'service' && requirement.scopes.every((scope) => principal.scopes.has(scope));
    }
    return principal.kind === 'user' && principal.role === requirement.role;
  });
}
