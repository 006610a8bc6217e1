// Посторонний клиент OAuth отдельным процессом: openid-client сам находит адреса по RFC 8414 и просит токены.
// Задание — JSON в первом аргументе, печатает итог каждой просьбы; центру доверяет через NODE_EXTRA_CA_CERTS.
import * as oauth from 'openid-client';

interface Ask {
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string;
  readonly method: 'client_secret_basic' | 'client_secret_post';
  readonly parameters: Readonly<Record<string, string>>;
}

const METHODS = { client_secret_basic: oauth.ClientSecretBasic, client_secret_post: oauth.ClientSecretPost };

async function answer({ issuer, clientId, secret, method, parameters }: Ask): Promise<unknown> {
  const authentication = METHODS[method](secret);
  const found = await oauth.discovery(new URL(issuer), clientId, undefined, authentication, { algorithm: 'oauth2' });
  try {
    const granted = await oauth.clientCredentialsGrant(found, parameters);
    return { granted, endpoint: found.serverMetadata().token_endpoint };
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return { status: error.status, error: error.error };
    if (error instanceof oauth.WWWAuthenticateChallengeError) {
      return { status: error.status, challenge: error.cause[0]?.scheme };
    }
    throw error;
  }
}

const asks: readonly Ask[] = JSON.parse(process.argv[2] ?? '[]');
process.stdout.write(JSON.stringify(await Promise.all(asks.map(answer))));
