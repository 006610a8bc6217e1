// Смена режима: решает и хранит элемент, модуль управления передаёт и запоминает итог.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { addressOf } from './address-of.ts';
import type { ElementRooms } from './element-rooms.ts';
import { getElement, recordObservation, type StorageElement } from './elements-table.ts';
import { probeElement } from './probe-element.ts';

export interface ModeRequest {
  readonly id: string;
  readonly targetMode: StorageElement['mode'];
  readonly confirm: boolean;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

export async function changeMode(rooms: ElementRooms, request: ModeRequest): Promise<StorageElement> {
  const { database, client } = rooms;
  const { id, targetMode, confirm, actor, signal } = request;
  const address = await addressOf(database, id);
  const was = await getElement(database.db, id);
  const record = {
    actor,
    action: 'storage_element_mode_changed',
    objectType: 'storage_element',
    objectId: id,
  } as const;
  await client.transitionMode(address, { targetMode, confirm, signal });
  // Режим уже сменён и надёжно записан; что опрос не удался, не делает смену неудачной.
  const probe = await probeElement({ client, url: address.url, expectedId: id, signal }).catch(() => undefined);
  const element = await database.transaction(async (db) => {
    if (probe !== undefined) await recordObservation(db, id, probe.seen);
    await recordAudit(db, { ...record, before: { mode: was?.mode }, after: { mode: targetMode } });
    return await getElement(db, id);
  });
  if (element === undefined) throw new ArtError('NOT_FOUND');
  return { ...element, mode: targetMode };
}
