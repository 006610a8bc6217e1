// POST /api/v1/files/{file_id}/restore: вернуть удалённый файл.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { RegistryRooms } from '../../registry/registry-rooms.ts';
import { restoreFile } from '../../registry/restore-file.ts';

export function restoreFileRoute(rooms: RegistryRooms): Handler<AdminOperations['restoreFile']> {
  return async (call) => ({
    status: 200,
    body: await restoreFile(rooms, { fileId: call.params.file_id, actor: actorOf(call), signal: call.signal }),
  });
}
