// Client credentials: секрет службы меняется на короткий токен (RFC 6749, 4.4; RFC 8707).
// Обещание: незнакомый клиент и неверный секрет неразличимы; о сроке и остановке узнаёт лишь тот, кто знает секрет.
import { randomBytes } from 'node:crypto';
import type { RateLimit } from '@artstore/chassis';
import { ArtError, isArtError, type Scope } from '@artstore/contracts';
import { type AccountSecrets, findAccountSecrets } from '../accounts/service-accounts-table.ts';
import { anonymous, type RequestOrigin } from '../audit/actor.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Database } from '../database-table.ts';
import type { KnownElements } from '../elements/known-elements.ts';
import { hashSecret, sameHash } from './secrets.ts';
import { SYSTEM_AUDIENCE, type TokenSigner } from './sign-token.ts';

export interface TokenAsk {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scope: string;
}

export interface ExchangeOptions {
  readonly database: Database;
  readonly signer: TokenSigner;
  readonly elements: KnownElements;
  /** Предел токенов одной учётной записи. */
  readonly limit: RateLimit;
  /** Вызывается при каждой удачной выдаче; запись о ней идёт в базу лениво. */
  readonly used: (accountId: string) => void;
  readonly refusals: Refusals;
}

export type ExchangeCredentials = (ask: TokenAsk, origin: RequestOrigin) => Promise<IssuedToken>;

const NOBODY_HASH = randomBytes(32);

/** @throws INVALID_CREDENTIALS, SECRET_EXPIRED, VALIDATION_ERROR, FORBIDDEN, RATE_LIMITED */
export function createExchangeCredentials({
  database,
  signer,
  elements,
  limit,
  used,
  refusals,
}: ExchangeOptions): ExchangeCredentials {
  return async (ask, origin) => {
    const account = await findAccountSecrets(database.db, ask.clientId);
    try {
      checkSecret(account, ask.clientSecret);
    } catch (error) {
      // Само имя не пишется: вместо него по ошибке присылают и секрет.
      await refusals.note(`token ${hashSecret(ask.clientId).toString('hex')} ${origin.remoteAddress}`, {
        actor: anonymous(origin),
        action: 'token_issued',
        objectType: 'service_account',
        objectId: account?.id ?? null,
        reason: isArtError(error) ? error.code : null,
      });
      throw error;
    }
    // Считается только тот, кто знает секрет: чужими неверными секретами запас учётной записи не исчерпать.
    const retryAfterSeconds = limit.take(account.id);
    if (retryAfterSeconds !== undefined) throw new ArtError('RATE_LIMITED', { retryAfterSeconds });
    const scopes = narrowScopes(account.scopes, ask.scope);
    const audience = await resolveAudience(elements, account.scopes, ask.audience);
    const accessToken = await signer.signForService({ clientId: account.client_id, scopes, audience });
    used(account.id);
    return { accessToken, expiresInSeconds: signer.lifeSeconds, scope: scopes.join(' ') };
  };
}

function checkSecret(account: AccountSecrets | undefined, secret: string): asserts account is AccountSecrets {
  const hash = hashSecret(secret);
  const current = sameHash(account?.secret_hash ?? NOBODY_HASH, hash);
  const previous = sameHash(account?.previous_secret_hash ?? NOBODY_HASH, hash);
  if (account === undefined || (!current && !previous)) throw new ArtError('INVALID_CREDENTIALS');
  const expiresAt = current ? account.secret_expires_at : account.previous_secret_expires_at;
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) throw new ArtError('SECRET_EXPIRED');
  if (account.status === 'suspended') {
    throw new ArtError('INVALID_CREDENTIALS', {
      explain: { ru: 'Учётная запись остановлена.', en: 'The account is suspended.' },
    });
  }
}

/** Запрошенные права, если все они есть у учётной записи; без запроса — все её права (RFC 6749, 3.3). */
function narrowScopes(owned: readonly Scope[], asked: string | undefined): readonly Scope[] {
  if (asked === undefined) return owned;
  const words = new Set(asked.split(' ').filter((word) => word !== ''));
  const scopes = owned.filter((scope) => words.has(scope));
  if (words.size > 0 && scopes.length === words.size) return scopes;
  throw new ArtError('VALIDATION_ERROR', {
    details: [
      { field: 'body.scope', message: 'the account does not have this scope', ru: 'у учётной записи нет таких прав' },
    ],
  });
}

/**
 * Получатель токена: система в целом или один подключённый элемент хранения — но к элементам ходят только модули.
 * Право проверяется раньше имени: кому к элементам нельзя, тот не узнает и того, какие из них есть.
 */
async function resolveAudience(
  elements: KnownElements,
  owned: readonly Scope[],
  asked: string | undefined,
): Promise<string> {
  if (asked === undefined || asked === SYSTEM_AUDIENCE) return SYSTEM_AUDIENCE;
  if (!owned.some((scope) => scope.startsWith('storage:'))) {
    throw new ArtError('FORBIDDEN', {
      explain: {
        ru: 'Токены к элементам хранения выдаются только учётным записям с правом storage:read или storage:write.',
        en: 'Tokens for storage elements are issued only to accounts with the scope storage:read or storage:write.',
      },
    });
  }
  const storageId = asked.toLowerCase().replace(/^urn:uuid:/, '');
  if (await elements.has(storageId)) return storageId;
  throw new ArtError('VALIDATION_ERROR', {
    details: [{ field: 'body.resource', message: 'no such storage element', ru: 'такого элемента хранения нет' }],
  });
}
