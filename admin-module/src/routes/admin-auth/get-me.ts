// GET /api/v1/admin-auth/me: кто я.
import type { Handler } from '@artstore/chassis';
import { ArtError } from '@artstore/contracts';
import type { AdminUser } from '../../accounts/admin-users-table.ts';
import type { AdminOperations } from '../../api-types.ts';
import type { Authentication } from '../../identity/authenticate.ts';

export function getMeRoute(
  getUser: (id: string) => Promise<AdminUser | undefined>,
  { sessionOf }: Authentication,
): Handler<AdminOperations['getMe']> {
  return async ({ principal }) => {
    const user = await getUser(sessionOf(principal).userId);
    if (user === undefined) throw new ArtError('UNAUTHORIZED');
    return { status: 200, body: user };
  };
}
