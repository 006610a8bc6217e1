// Разбор набора ключей (RFC 7517, 5): берутся только открытые RSA-ключи подписи RS256 достаточной длины.
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly alg: 'RS256';
  readonly use: 'sig';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** Короче 2048 бит RS256 не допускает (RFC 7518, 3.3). */
const MODULUS_BYTES_MIN = 256;
/** Действующий, прежний, следующий — и запас; больше отдаёт только неисправный сосед. */
const KEYS_MAX = 32;

/** Годные ключи набора. Бросает Error, если это не набор или годных нет: пустой набор заменил бы собой хороший. */
export function readJwks(document: unknown): readonly PublicJwk[] {
  const list = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  if (!Array.isArray(list)) throw new Error('not a JWKS document');
  if (list.length > KEYS_MAX) throw new Error(`JWKS has more than ${KEYS_MAX} keys`);
  const keys = list.map(readKey).filter((key) => key !== undefined);
  if (keys.length === 0) throw new Error('JWKS has no usable RS256 key');
  return keys;
}

function readKey(jwk: unknown): PublicJwk | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, alg, use, kid, n, e }: Record<string, unknown> = { ...jwk };
  if (kty !== 'RSA' || (alg !== undefined && alg !== 'RS256') || (use !== undefined && use !== 'sig')) return undefined;
  if (typeof kid !== 'string' || kid === '' || typeof n !== 'string' || typeof e !== 'string') return undefined;
  if (Buffer.from(n, 'base64url').length < MODULUS_BYTES_MIN) return undefined;
  return { kty, alg: 'RS256', use: 'sig', kid, n, e };
}
