// GET /api/v1/jwt-keys/status: состояние ключей подписи.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';

export function getKeysStatusRoute(keys: SigningKeys): Handler<AdminOperations['getJwtKeysStatus']> {
  return async () => ({ status: 200, body: await keys.status() });
}
