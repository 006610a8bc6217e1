// POST /api/v1/jwt-keys/rotate: сменить ключ подписи.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';

export function rotateKeysRoute(keys: SigningKeys): Handler<AdminOperations['rotateJwtKeys']> {
  return async (call) => {
    await keys.rotate({ immediate: call.body?.immediate ?? false, actor: actorOf(call) });
    return { status: 200, body: await keys.status() };
  };
}
