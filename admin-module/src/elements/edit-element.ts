// Имя и адрес элемента. По новому адресу обязан отвечать он же: иначе файлы одного элемента искали бы у другого.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { nameTaken } from '../name-taken.ts';
import type { ElementRooms } from './element-rooms.ts';
import { editElement as updateRow, getElement, recordObservation, type StorageElement } from './elements-table.ts';
import { type Probe, probeElement } from './probe-element.ts';

export interface ElementEditRequest {
  readonly id: string;
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

export async function editElement(rooms: ElementRooms, request: ElementEditRequest): Promise<StorageElement> {
  const { id, name, actor } = request;
  const before = await getElement(rooms.database.db, id);
  if (before === undefined) throw new ArtError('NOT_FOUND');
  const moved = request.url === undefined ? undefined : await checkNewAddress(rooms, id, request.url, request.signal);
  return await rooms.database
    .transaction(async (db) => {
      if (moved !== undefined) await recordObservation(db, id, moved.probe.seen);
      const row = await updateRow(db, id, { name, url: moved?.url });
      if (row === undefined) throw new ArtError('NOT_FOUND');
      await recordAudit(db, {
        actor,
        action: 'storage_element_updated',
        objectType: 'storage_element',
        objectId: id,
        before: { name: before.name, url: before.url },
        after: { name: row.name, url: row.url },
      });
      return row;
    })
    .catch((error: unknown) => {
      throw nameTaken(error, 'body.name');
    });
}

async function checkNewAddress(
  { client, policy }: ElementRooms,
  id: string,
  url: string,
  signal: AbortSignal,
): Promise<{ url: string; probe: Probe }> {
  const origin = policy.checkUrl(url, 'body.url');
  const probe = await probeElement({ client, url: origin, signal });
  if (probe.storageId !== id) {
    throw new ArtError('CONFLICT', {
      storageId: probe.storageId,
      explain: {
        ru: 'По этому адресу отвечает другой элемент хранения.',
        en: 'Another storage element answers at this address.',
      },
    });
  }
  return { url: origin, probe };
}
