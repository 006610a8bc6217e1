// База стенда и три её роли: владелец, модуль управления, модуль поиска. Прежняя единственная роль больше не входит.
import { createHmac } from 'node:crypto';
import { ensureDatabase } from '@artstore/postgres';

/** Адреса одной базы под разными ролями. */
export interface DatabaseUrls {
  /** Владелец схемы: миграции. */
  readonly owner: string;
  readonly admin: string;
  readonly query: string;
}

const DATABASE = 'artstore';
/** Ей принадлежало всё, пока ролей не было. */
const OLD_ROLE = 'artstore';
const CREATE_ROLES = new URL('../../admin-module/database/create-roles.sql', import.meta.url);

export async function prepareDatabase(serverUrl: string, secret: string): Promise<DatabaseUrls> {
  const urlOf = await ensureDatabase(serverUrl, {
    database: DATABASE,
    roles: CREATE_ROLES,
    passwords: {
      artstore_admin_owner: derivePassword(secret, 'artstore_admin_owner'),
      artstore_admin: derivePassword(secret, 'artstore_admin'),
      artstore_query: derivePassword(secret, 'artstore_query'),
    },
    retired: [OLD_ROLE],
  });
  return { owner: urlOf('artstore_admin_owner'), admin: urlOf('artstore_admin'), query: urlOf('artstore_query') };
}

/** Паролей три, а секрет один: по паролю одной роли не узнать ни его, ни чужого пароля. */
function derivePassword(secret: string, role: string): string {
  return createHmac('sha256', secret).update(role).digest('base64url');
}
