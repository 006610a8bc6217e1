// Идентификатор файла виден по форме: с чужим словом незачем идти ни в профиль, ни в сеть.

import { CliError, EXIT } from './exit-codes.ts';
import { shown } from './output.ts';
import type { Room } from './room.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function checkFileId(room: Room, value: string): void {
  if (!UUID.test(value)) throw new CliError('USAGE', EXIT.usage, room.text.badFileId(shown(value)));
}
