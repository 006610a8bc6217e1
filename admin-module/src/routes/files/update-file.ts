// PUT /api/v1/files/{file_id}: изменить метаданные файла.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import { editFile } from '../../registry/edit-file.ts';
import type { RegistryRooms } from '../../registry/registry-rooms.ts';

export function updateFileRoute(rooms: RegistryRooms): Handler<AdminOperations['updateFile']> {
  return async (call) => ({
    status: 200,
    body: await editFile(rooms, {
      fileId: call.params.file_id,
      edit: call.body,
      actor: actorOf(call),
      signal: call.signal,
    }),
  });
}
