// Запрос набора ключей у модуля управления. Время и размер ответа ограничены, перенаправления не исполняются.
import { type Dispatcher, request } from 'undici';
import { type PublicJwk, readJwks } from './read-jwks.ts';

const REPLY_BYTES_MAX = 256 * 1024;
const FETCH_TIMEOUT_MS = 5_000;

export async function fetchJwks(
  url: string,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<readonly PublicJwk[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
  const { statusCode, body } = await request(url, {
    dispatcher,
    signal: limited,
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`JWKS request answered ${statusCode}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new Error('JWKS reply is not bytes');
    bytes += chunk.length;
    if (bytes > REPLY_BYTES_MAX) throw new Error(`JWKS is longer than ${REPLY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return readJwks(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}
