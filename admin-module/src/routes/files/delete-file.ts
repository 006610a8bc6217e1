// DELETE /api/v1/files/{file_id}: удалить файл.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { RegistryRooms } from '../../registry/registry-rooms.ts';
import { removeFile } from '../../registry/remove-file.ts';

export function deleteFileRoute(rooms: RegistryRooms): Handler<AdminOperations['deleteFile']> {
  return async (call) => {
    await removeFile(rooms, { fileId: call.params.file_id, actor: actorOf(call), signal: call.signal });
    return { status: 204 };
  };
}
