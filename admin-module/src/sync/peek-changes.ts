// Есть ли у элемента что-то новое: одна запись ленты. Пустой опрос не оставляет следа в истории проходов.
import type { SyncPosition } from '../elements/elements-table.ts';
import type { SyncRooms } from './sync-element.ts';

export async function peekChanges(
  { client }: SyncRooms,
  position: SyncPosition,
  signal: AbortSignal,
): Promise<boolean> {
  const element = { id: position.id, url: position.url };
  const page = await client.listChanges(element, { after: position.revision_synced, limit: 1, signal });
  const news = page.items.length + page.unreadable.length;
  return news > 0 || page.history_lost || page.epoch !== position.epoch_synced;
}
