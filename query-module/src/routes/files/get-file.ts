// GET /api/v1/files/{file_id}: метаданные файла из кэша или реестра.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/query-module.gen.ts';
import type { MetadataCache } from '../../cache/metadata-cache.ts';
import { getFile } from '../../registry/get-file.ts';

export function getFileRoute(cache: MetadataCache): Handler<operations['getFile']> {
  return async ({ params }) => ({ status: 200, body: await getFile(cache, params.file_id) });
}
