// GET /api/v1/files/{file_id}: один файл реестра.
import type { Handler } from '@artstore/chassis';
import { ArtError } from '@artstore/contracts';
import type { AdminOperations } from '../../api-types.ts';
import type { RegisteredFile } from '../../registry/files-table.ts';

export function getFileRoute(
  getFile: (fileId: string) => Promise<RegisteredFile | undefined>,
): Handler<AdminOperations['getFile']> {
  return async ({ params: { file_id: fileId } }) => {
    const file = await getFile(fileId);
    if (file === undefined) throw new ArtError('FILE_NOT_FOUND', { fileId });
    return { status: 200, body: file };
  };
}
