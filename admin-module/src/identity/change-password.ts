// Смена своего пароля: нынешний проверяется как вход (и считается как попытка), все прежние сеансы закрываются.
import { ArtError } from '@artstore/contracts';
import { getUser, holdUser, setPassword } from '../accounts/admin-users-table.ts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { checkPassword, type LogInRooms } from './log-in.ts';
import { openSession, type Session } from './open-session.ts';
import type { OpenSessions } from './open-sessions.ts';
import { checkPasswordStrength } from './password-rules.ts';
import { revokeSessionsOf } from './sessions-table.ts';

export type ChangePassword = (o: {
  userId: string;
  currentPassword: string;
  newPassword: string;
  actor: Actor;
}) => Promise<Session>;

export function createChangePassword(rooms: LogInRooms, sessions: OpenSessions): ChangePassword {
  const { database, passwords, rules } = rooms;
  return async ({ userId, currentPassword, newPassword, actor }) => {
    const known = await getUser(database.db, userId);
    if (known === undefined) throw new ArtError('UNAUTHORIZED');
    checkPasswordStrength(newPassword, known.username, 'body.new_password');
    if (newPassword === currentPassword) {
      throw new ArtError('VALIDATION_ERROR', {
        details: [
          {
            field: 'body.new_password',
            message: 'must differ from the current one',
            ru: 'должен отличаться от нынешнего',
          },
        ],
      });
    }
    const right = await checkPassword(rooms, known.username, currentPassword);
    const passwordHash = await passwords.hash(newPassword);
    const session = await database.transaction(async (db) => {
      const held = await holdUser(db, userId, right.passwordHash);
      const user = held && (await setPassword(db, userId, { passwordHash, mustChangePassword: false }));
      if (user === undefined) throw new ArtError('UNAUTHORIZED');
      await revokeSessionsOf(db, userId, 'password_changed');
      await recordAudit(db, { actor, action: 'password_changed', objectType: 'admin_user', objectId: userId });
      return await openSession(db, rules, { user, remoteAddress: actor.remoteAddress });
    });
    sessions.forget();
    return session;
  };
}
