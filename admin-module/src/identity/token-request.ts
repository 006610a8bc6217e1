// Запрос токена формой: кто просит и о чём (RFC 6749, 2.3.1 и 4.4.2). Чистый файл.
// Ошибки здесь — слова RFC 6749, 5.2: обычный клиент OAuth других не поймёт. Пояснения к ним RFC разрешает только
// латиницей, поэтому они на одном языке.
import { type ArtError, isArtError } from '@artstore/contracts';
import type { Schemas } from '../api-types.ts';
import type { TokenAsk } from './exchange-credentials.ts';

export type OAuthError = Schemas['OAuthError'];

/** Отказ по RFC 6749, 5.2 вместе со статусом ответа. */
export class OAuthRefusal extends Error {
  readonly status: 400 | 401;
  readonly body: OAuthError;
  constructor(error: OAuthError['error'], description: string) {
    super(description);
    this.name = 'OAuthRefusal';
    this.status = error === 'invalid_client' ? 401 : 400;
    this.body = { error, error_description: description };
  }
}

const FIELD_CHARS_MAX = 1024;

/**
 * Разбирает форму и заголовок Authorization.
 * @throws OAuthRefusal
 */
export function readTokenForm(form: Readonly<Record<string, unknown>>, authorization: string | undefined): TokenAsk {
  const grantType = single(form, 'grant_type');
  if (grantType === undefined) throw new OAuthRefusal('invalid_request', 'grant_type is missing');
  if (grantType !== 'client_credentials') {
    throw new OAuthRefusal('unsupported_grant_type', 'only client_credentials is supported');
  }
  const client = readClient(form, authorization);
  // RFC 8707 позволяет назвать несколько получателей, но наш токен всегда привязан к одному.
  if (Array.isArray(form['resource'])) throw new OAuthRefusal('invalid_target', 'a token has exactly one resource');
  const resource = single(form, 'resource');
  const audience = single(form, 'audience');
  if (resource !== undefined && audience !== undefined && resource !== audience) {
    throw new OAuthRefusal('invalid_target', 'resource and audience name different targets');
  }
  return { ...client, scope: single(form, 'scope'), audience: resource ?? audience };
}

/** Отказ выдачи, понятный клиенту OAuth; прочие ошибки остаются собой. */
export function refusalFor(error: unknown): OAuthRefusal | undefined {
  if (!isArtError(error)) return undefined;
  if (error.code === 'INVALID_CREDENTIALS' || error.code === 'SECRET_EXPIRED') {
    return new OAuthRefusal('invalid_client', error.message);
  }
  // Единственный запрет при выдаче — чужой получатель (RFC 8707, 2).
  if (error.code === 'FORBIDDEN') return new OAuthRefusal('invalid_target', error.message);
  return error.code === 'VALIDATION_ERROR' ? refusalForField(error) : undefined;
}

function refusalForField(error: ArtError): OAuthRefusal {
  const [detail] = error.options.details ?? [];
  const description = detail?.message ?? error.message;
  if (detail?.field === 'body.scope') return new OAuthRefusal('invalid_scope', description);
  if (detail?.field === 'body.resource') return new OAuthRefusal('invalid_target', description);
  return new OAuthRefusal('invalid_request', description);
}

function readClient(
  form: Readonly<Record<string, unknown>>,
  authorization: string | undefined,
): { clientId: string; clientSecret: string } {
  const clientId = single(form, 'client_id');
  const clientSecret = single(form, 'client_secret');
  if (authorization === undefined) {
    if (clientId === undefined || clientSecret === undefined) {
      throw new OAuthRefusal('invalid_client', 'client authentication is missing');
    }
    return { clientId, clientSecret };
  }
  // Два способа опознания разом запрещены (RFC 6749, 2.3).
  if (clientSecret !== undefined) throw new OAuthRefusal('invalid_request', 'use one client authentication method');
  const basic = readBasic(authorization);
  if (clientId !== undefined && clientId !== basic.clientId) {
    throw new OAuthRefusal('invalid_request', 'client_id differs from the Authorization header');
  }
  return basic;
}

/** client_secret_basic: имя и секрет сперва кодируются как поля формы (RFC 6749, 2.3.1). */
function readBasic(authorization: string): { clientId: string; clientSecret: string } {
  const encoded = /^basic +([A-Za-z0-9+/=_-]{1,4096}) *$/i.exec(authorization)?.[1];
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw new OAuthRefusal('invalid_client', 'the Authorization header is not Basic');
  try {
    return { clientId: formDecode(pair.slice(0, colon)), clientSecret: formDecode(pair.slice(colon + 1)) };
  } catch {
    throw new OAuthRefusal('invalid_client', 'the Authorization header is not form-encoded');
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** Поле формы, если оно одно; пустое — то же, что отсутствующее, повтор запрещён (RFC 6749, 3.2). */
function single(form: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = form[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new OAuthRefusal('invalid_request', `${name} is repeated`);
  if (value.length > FIELD_CHARS_MAX) throw new OAuthRefusal('invalid_request', `${name} is too long`);
  return value;
}
