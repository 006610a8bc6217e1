// DELETE /api/v1/files/{file_id}: мягкое удаление; байты ещё восстановимы.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { removeFile } from '../../files/remove-file.ts';

export function deleteFileRoute(store: Store): Handler<operations['deleteFile']> {
  return async ({ params, log }) => {
    await removeFile(store, params.file_id);
    log.info({ event: 'file_deleted', fileId: params.file_id }, 'файл удалён');
    return { status: 204 };
  };
}
