// Один запрос токена по секрету учётной записи службы (RFC 6749, 4.4 и 5.2; получатель — RFC 8707).

import { ArtError } from '@artstore/contracts';
import type { Dispatcher } from 'undici';
import { callJson } from './call-json.ts';
import { locate } from './locate.ts';
import { isRecord } from './shape.ts';

const TOKEN_CALL_TIMEOUT_MS = 10_000;

export interface TokenRequest {
  readonly adminUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Кому предъявят токен; пустая строка — модулям самой системы. */
  readonly audience: string;
  readonly signal?: AbortSignal | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly lifeMs: number;
}

/** @throws INVALID_CREDENTIALS — имя или секрет не приняты; ADMIN_UNAVAILABLE — всё остальное. */
export async function requestToken(dispatcher: Dispatcher, o: TokenRequest): Promise<IssuedToken> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: o.clientId,
    client_secret: o.clientSecret,
    ...(o.audience === '' ? {} : { resource: o.audience }),
  });
  const reply = await callJson({
    dispatcher,
    method: 'POST',
    ...locate(o.adminUrl, '/api/v1/auth/token'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    unavailable: 'ADMIN_UNAVAILABLE',
    timeoutMs: TOKEN_CALL_TIMEOUT_MS,
    replyBytesMax: 64 * 1024,
    signal: o.signal,
  });
  const body = isRecord(reply.value) ? reply.value : {};
  const { access_token: token, expires_in: lifeSeconds, error } = body;
  if (reply.status === 200 && typeof token === 'string' && typeof lifeSeconds === 'number' && lifeSeconds > 0) {
    return { token, lifeMs: lifeSeconds * 1000 };
  }
  // Слово ошибки OAuth, но не тело целиком: в причину не должно попасть ничего из присланного.
  const cause = new Error(
    `token endpoint: ${reply.status} ${typeof error === 'string' ? error.slice(0, 64) : 'no token'}`,
  );
  throw new ArtError(reply.status === 401 ? 'INVALID_CREDENTIALS' : 'ADMIN_UNAVAILABLE', { cause });
}
