// Адрес подключённого элемента по его имени: с этого начинается всякое обращение к нему.
import type { ElementAddress } from '@artstore/clients';
import { ArtError } from '@artstore/contracts';
import type { Database } from '../database-table.ts';
import { getElement } from './elements-table.ts';

/** @throws NOT_FOUND, если такой элемент не подключён */
export async function addressOf(database: Database, id: string): Promise<ElementAddress> {
  const element = await getElement(database.db, id);
  if (element === undefined) throw new ArtError('NOT_FOUND');
  return { id: element.id, url: element.url };
}
