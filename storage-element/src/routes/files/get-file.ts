// GET /api/v1/files/{file_id}: описание файла в любом его состоянии.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { getFile } from '../../files/get-file.ts';
import { toElementFile } from '../../http/to-wire.ts';

export function getFileRoute(store: Store): Handler<operations['getFile']> {
  return async ({ params }) => ({ status: 200, body: toElementFile(getFile(store, params.file_id)) });
}
