// Уход за элементом, который делает он сам: сверка и уборка. Модуль управления передаёт просьбу и ответ и пишет журнал.
import type { GcOptions, GcState, ReconcileOptions, ReconcileState } from '@artstore/clients';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { addressOf } from './address-of.ts';
import type { ElementRooms } from './element-rooms.ts';

export interface PassOn<O> {
  readonly id: string;
  readonly options: O;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

export async function startReconcile(rooms: ElementRooms, o: PassOn<ReconcileOptions>): Promise<ReconcileState> {
  const address = await addressOf(rooms.database, o.id);
  const state = await rooms.client.startReconcile(address, o.options, o.signal);
  await record(rooms, 'storage_element_reconcile_started', o);
  return state;
}

export async function runGc(rooms: ElementRooms, o: PassOn<GcOptions>): Promise<GcState> {
  const address = await addressOf(rooms.database, o.id);
  const state = await rooms.client.runGc(address, o.options, o.signal);
  await record(rooms, 'storage_element_gc_started', o);
  return state;
}

export async function getReconcile(rooms: ElementRooms, id: string, signal: AbortSignal): Promise<ReconcileState> {
  return await rooms.client.getReconcile(await addressOf(rooms.database, id), signal);
}

export async function getGc(rooms: ElementRooms, id: string, signal: AbortSignal): Promise<GcState> {
  return await rooms.client.getGc(await addressOf(rooms.database, id), signal);
}

async function record(
  { database }: ElementRooms,
  action: string,
  { id, options, actor }: PassOn<object>,
): Promise<void> {
  await recordAudit(database.db, { actor, action, objectType: 'storage_element', objectId: id, after: options });
}
