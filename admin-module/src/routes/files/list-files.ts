// GET /api/v1/files: список файлов реестра.
import type { Handler } from '@artstore/chassis';
import { page } from '@artstore/contracts';
import type { AdminOperations } from '../../api-types.ts';
import type { FileFilter, FilesFound } from '../../registry/files-table.ts';
import { pageWindow } from '../page-window.ts';

export type ListFiles = (filter: FileFilter, window: { limit: number; offset: number }) => Promise<FilesFound>;

export function listFilesRoute(listFiles: ListFiles): Handler<AdminOperations['listFiles']> {
  return async ({ query }) => {
    const { limit, offset } = pageWindow(query);
    const filter = {
      status: query.status,
      retentionPolicy: query.retention_policy,
      storageElementId: query.storage_element_id,
      uploadedBy: query.uploaded_by,
    };
    const { items, total, totalIsEstimate } = await listFiles(filter, { limit, offset });
    return { status: 200, body: { ...page(items, total, limit, offset), total_is_estimate: totalIsEstimate } };
  };
}
