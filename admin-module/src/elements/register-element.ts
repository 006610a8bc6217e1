// Подключение элемента: записывается под собственным storage_id, полный проход по его файлам начинается сам.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { nameTaken } from '../name-taken.ts';
import type { ElementRooms } from './element-rooms.ts';
import { getElement, insertElement, type StorageElement } from './elements-table.ts';
import { probeElement } from './probe-element.ts';

export async function registerElement(
  { database, client, policy, known }: ElementRooms,
  { name, url, actor, signal }: { name: string; url: string; actor: Actor; signal: AbortSignal },
): Promise<StorageElement> {
  const origin = policy.checkUrl(url, 'body.url');
  const { storageId, seen } = await probeElement({ client, url: origin, signal });
  const element = await database
    .transaction(async (db) => {
      const row = await insertElement(db, { id: storageId, name, url: origin, seen });
      if (row === undefined) throw alreadyRegistered(storageId, await getElement(db, storageId));
      const after = { name, url: origin, mode: row.mode };
      await recordAudit(db, {
        actor,
        action: 'storage_element_registered',
        objectType: 'storage_element',
        objectId: storageId,
        after,
      });
      return row;
    })
    .catch((error: unknown) => {
      throw nameTaken(error, 'body.name');
    });
  known.forget();
  return element;
}

function alreadyRegistered(storageId: string, element: StorageElement | undefined): ArtError {
  const name = element?.name ?? storageId;
  return new ArtError('CONFLICT', {
    storageId,
    explain: {
      ru: `Этот элемент уже подключён под именем «${name}».`,
      en: `This storage element is already registered as "${name}".`,
    },
  });
}
