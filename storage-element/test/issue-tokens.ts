// Для проверок: модуль управления в малом — ключ RSA, набор JWKS по HTTP и выпуск токенов, верных и нарочно неверных.
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

export interface TokenClaims {
  readonly [claim: string]: unknown;
}

export interface TokenIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Подписанный токен; null в claims убирает поле. */
  token(audience: string, scopes: string, change?: TokenClaims, header?: TokenClaims): string;
  /** Те же поля, но с чужой подписью: alg none, HS256 открытым ключом, чужим ключом RSA, приложенным в jwk. */
  forged(kind: 'none' | 'hs256' | 'foreign-key', audience: string, scopes: string): string;
  close(): Promise<void>;
}

const ISSUER = 'https://admin.test';

export async function startTokenIssuer(): Promise<TokenIssuer> {
  // 2048 бит: проверке важна подпись, а не стойкость, и ключ рождается впятеро быстрее.
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwks = JSON.stringify({
    keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
  });
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(jwks));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const payload = (audience: string, scopes: string, change: TokenClaims): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims: Record<string, unknown> = {
      iss: ISSUER,
      aud: audience,
      sub: 'sa_test_1',
      client_id: 'sa_test_1',
      iat: now,
      exp: now + 600,
      jti: randomUUID(),
      scope: scopes,
      scopes: scopes.split(' ').filter((scope) => scope !== ''),
      ...change,
    };
    for (const [claim, value] of Object.entries(claims)) if (value === null) delete claims[claim];
    return encode(claims);
  };
  const rs256 = (text: string, key = own.privateKey) =>
    `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;

  return {
    issuer: ISSUER,
    jwksUrl: `http://127.0.0.1:${port}/jwks`,
    token: (audience, scopes, change = {}, header = {}) =>
      rs256(`${encode({ alg: 'RS256', typ: 'at+jwt', kid, ...header })}.${payload(audience, scopes, change)}`),
    forged(kind, audience, scopes) {
      if (kind === 'foreign-key') {
        const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const header = { alg: 'RS256', typ: 'at+jwt', kid, jwk: foreign.publicKey.export({ format: 'jwk' }) };
        return rs256(`${encode(header)}.${payload(audience, scopes, {})}`, foreign.privateKey);
      }
      const alg = kind === 'none' ? 'none' : 'HS256';
      const text = `${encode({ alg, typ: 'at+jwt', kid })}.${payload(audience, scopes, {})}`;
      if (kind === 'none') return `${text}.`;
      const secret = own.publicKey.export({ type: 'spki', format: 'pem' });
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    },
    close: () =>
      new Promise((resolve) => {
        // Повторное закрытие безвредно.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
