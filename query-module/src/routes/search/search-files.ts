// POST /api/v1/search: условия вошли, страница найденного вышла.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/query-module.gen.ts';
import type { FilesView } from '../../registry/files-view.ts';
import { searchFiles } from '../../search/search-files.ts';

export function searchFilesRoute(files: FilesView): Handler<operations['searchFiles']> {
  return async ({ body }) => ({ status: 200, body: await searchFiles(files, body) });
}
