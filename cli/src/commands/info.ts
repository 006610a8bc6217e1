// artstore info: сведения об одном файле.

import { createQueryClient } from '@artstore/clients';
import type { FileMetadata } from '@artstore/clients';
import { checkFileId } from '../check-file-id.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { humanSize, printJson, printLine, shown } from '../output.ts';
import { withRetry } from '../retry.ts';
import type { CommonOptions, Room } from '../room.ts';
import { openSession } from '../session.ts';

export async function info(room: Room, fileId: string, options: CommonOptions): Promise<ExitCode> {
  checkFileId(room, fileId);
  const session = await openSession(room, options.profile);
  const client = createQueryClient({
    url: session.profile.query_url,
    ca: session.profile.ca ?? undefined,
    token: session.token,
    language: room.language,
  });
  try {
    const file = await withRetry(room, session.query, () => client.getFile(fileId, room.signal));
    if (options.json) await printJson(room, file);
    else await printFile(room, file);
    return EXIT.ok;
  } finally {
    await client.close();
    await session.close();
  }
}

async function printFile(room: Room, file: FileMetadata): Promise<void> {
  const { labels } = room.text.info;
  const rows: [string, string][] = [
    [labels.file_id, file.file_id],
    [labels.original_filename, file.original_filename],
    [labels.content_type, file.content_type],
    [labels.size, `${humanSize(room.text, file.size)} (${file.size} ${room.text.bytes})`],
    [labels.checksum, file.checksum],
    [labels.uploaded_by, file.uploaded_by],
    [labels.uploaded_at, file.uploaded_at],
    [labels.description, file.description],
    [labels.tags, file.tags.join(', ')],
    [labels.metadata, Object.keys(file.metadata).length === 0 ? '' : JSON.stringify(file.metadata)],
    [labels.status, file.status],
    [labels.retention_policy, file.retention_policy],
    [labels.expires_at, file.expires_at ?? ''],
    [labels.version, String(file.version)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  for (const [label, value] of rows) {
    if (value !== '') await printLine(room, `${label.padEnd(width)}  ${shown(value)}`);
  }
}
