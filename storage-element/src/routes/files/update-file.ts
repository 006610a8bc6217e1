// PATCH /api/v1/files/{file_id}: изменить имя, описание, метки и метаданные; чего в теле нет, то остаётся.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { editFile } from '../../files/edit-file.ts';
import { toElementFile } from '../../http/to-wire.ts';

export function updateFileRoute(store: Store): Handler<operations['updateFile']> {
  return async ({ params, body, log }) => {
    const { original_filename: originalFilename, ...rest } = body;
    const change = { ...rest, ...(originalFilename === undefined ? {} : { originalFilename }) };
    const file = await editFile(store, params.file_id, change);
    log.info({ event: 'file_edited', fileId: file.fileId, version: file.version }, 'описание изменено');
    return { status: 200, body: toElementFile(file) };
  };
}
