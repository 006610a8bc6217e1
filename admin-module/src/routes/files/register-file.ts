// POST /api/v1/files: записать файл в реестр.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { RegisterFile } from '../../registry/register-file.ts';

export function registerFileRoute(registerFile: RegisterFile): Handler<AdminOperations['registerFile']> {
  return async (call) => {
    const { storage_element_id: storageElementId, file } = call.body;
    const { created, file: row } = await registerFile({ storageElementId, file }, actorOf(call));
    return { status: created ? 201 : 200, body: row };
  };
}
