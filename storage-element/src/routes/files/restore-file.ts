// POST /api/v1/files/{file_id}/restore: вернуть удалённый или истёкший файл, пока его байты ещё на диске.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { restoreFile } from '../../files/restore-file.ts';
import { toElementFile } from '../../http/to-wire.ts';

export function restoreFileRoute(store: Store): Handler<operations['restoreFile']> {
  return async ({ params, signal, log }) => {
    const file = await restoreFile(store, params.file_id, signal);
    const { fileId, status } = file;
    if (status === 'active') log.info({ event: 'file_restored', fileId }, 'файл восстановлен');
    else
      log.error(
        { event: 'file_restored_damaged', fileId, fileStatus: status },
        'у восстановленного файла байты не целы',
      );
    return { status: 200, body: toElementFile(file) };
  };
}
