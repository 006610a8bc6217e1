// Вход во внешних клиентах: токен по секрету службы или сеанс человека. Ошибки приходят словами модуля управления.

import type { Language } from '@artstore/contracts';
import { callJson, shapeReply } from './call-json.ts';
import { openEndConnection, spokenError } from './end-client.ts';
import { locate } from './locate.ts';
import { requestToken } from './request-token.ts';
import type { IssuedToken } from './request-token.ts';
import { flag, integer, record, text } from './shape.ts';

/** Сеанс человека: токен доступа и одноразовый токен обновления. */
export interface UserSession {
  readonly token: string;
  readonly lifeMs: number;
  readonly refreshToken: string;
  /** Пароль временный: сеанс годится только для его смены. */
  readonly mustChangePassword: boolean;
}

export interface AccountClient {
  /** @throws INVALID_CREDENTIALS, ADMIN_UNAVAILABLE */
  readonly serviceToken: (clientId: string, clientSecret: string, signal?: AbortSignal) => Promise<IssuedToken>;
  /** @throws INVALID_CREDENTIALS, ACCOUNT_LOCKED, ADMIN_UNAVAILABLE */
  readonly logIn: (username: string, password: string, signal?: AbortSignal) => Promise<UserSession>;
  /** @throws INVALID_REFRESH_TOKEN, ADMIN_UNAVAILABLE */
  readonly refresh: (refreshToken: string, signal?: AbortSignal) => Promise<UserSession>;
  readonly close: () => Promise<void>;
}

const session = record({
  access_token: text(),
  expires_in: integer(1),
  refresh_token: text(),
  must_change_password: flag,
});

export function createAccountClient(o: {
  adminUrl: string;
  ca?: string | undefined;
  language?: Language | undefined;
}): AccountClient {
  const { dispatcher, close } = openEndConnection(o.ca);

  async function openSession(path: string, body: unknown, signal: AbortSignal | undefined): Promise<UserSession> {
    const reply = await callJson({
      dispatcher,
      method: 'POST',
      ...locate(o.adminUrl, path),
      headers: {
        'content-type': 'application/json',
        ...(o.language === undefined ? {} : { 'accept-language': o.language }),
      },
      body: JSON.stringify(body),
      signal,
      unavailable: 'ADMIN_UNAVAILABLE',
    });
    if (reply.status !== 200) throw spokenError(reply);
    const opened = shapeReply(reply, session, 'ADMIN_UNAVAILABLE');
    return {
      token: opened.access_token,
      lifeMs: opened.expires_in * 1000,
      refreshToken: opened.refresh_token,
      mustChangePassword: opened.must_change_password,
    };
  }

  return {
    serviceToken: (clientId, clientSecret, signal) =>
      requestToken(dispatcher, { adminUrl: o.adminUrl, clientId, clientSecret, audience: '', signal }),
    logIn: (username, password, signal) => openSession('/api/v1/admin-auth/login', { username, password }, signal),
    refresh: (refreshToken, signal) =>
      openSession('/api/v1/admin-auth/refresh', { refresh_token: refreshToken }, signal),
    close,
  };
}
