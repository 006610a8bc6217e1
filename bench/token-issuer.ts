// Источник токенов для замеров одного элемента: свой ключ RS256 и свой адрес JWKS вместо модуля управления.

import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface TokenIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Токен службы для получателя audience с правами scope (через пробел). */
  issue(audience: string, scope: string): string;
  stop(): Promise<void>;
}

const KEY_BITS = 3072;
const TOKEN_SECONDS = 3600;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Поднимает адрес с открытым ключом на свободном порту. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  const kid = randomUUID();
  const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] });
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(keys);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('порт не выдан');
  const issuer = 'https://bench.invalid';
  return {
    issuer,
    jwksUrl: `http://127.0.0.1:${address.port}/jwks`,
    issue(audience, scope) {
      const now = Math.floor(Date.now() / 1000);
      const head = encode({ alg: 'RS256', typ: 'at+jwt', kid });
      const times = { iat: now, nbf: now, exp: now + TOKEN_SECONDS, jti: randomUUID() };
      const claims = encode({
        iss: issuer,
        aud: audience,
        sub: 'sa_bench_0000',
        client_id: 'sa_bench_0000',
        scope,
        ...times,
      });
      return `${head}.${claims}.${sign('sha256', Buffer.from(`${head}.${claims}`), privateKey).toString('base64url')}`;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
