// Вход пакета: проверка токенов по открытым ключам модуля управления.
export { bearer } from './src/bearer.ts';
export { type JwksCache, type JwksCacheOptions, type JwksLog, openJwksCache } from './src/jwks-cache.ts';
export type { KeySource } from './src/key-source.ts';
export { type Verifier, type VerifierOptions, createVerifier } from './src/verify-token.ts';
