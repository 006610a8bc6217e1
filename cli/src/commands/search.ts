// artstore search: одна страница найденного.

import { createQueryClient } from '@artstore/clients';
import type { SearchRequest } from '@artstore/clients';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { humanSize, note, printJson, printLine, shown } from '../output.ts';
import { withRetry } from '../retry.ts';
import type { CommonOptions, Room } from '../room.ts';
import { openSession } from '../session.ts';

export interface SearchOptions extends CommonOptions {
  readonly mode?: SearchRequest['mode'];
  readonly tag?: string[];
  readonly ext?: string;
  readonly policy?: SearchRequest['retention_policy'];
  readonly status?: SearchRequest['status'];
  readonly by?: string;
  readonly checksum?: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly after?: string;
  readonly before?: string;
  readonly sort?: SearchRequest['sort_by'];
  readonly order?: SearchRequest['sort_order'];
  readonly limit?: number;
  readonly offset?: number;
}

const LIMIT_DEFAULT = 20;

export async function search(room: Room, query: string | undefined, options: SearchOptions): Promise<ExitCode> {
  const session = await openSession(room, options.profile);
  const client = createQueryClient({
    url: session.profile.query_url,
    ca: session.profile.ca ?? undefined,
    token: session.token,
    language: room.language,
  });
  try {
    const page = await withRetry(room, session.query, () => client.search(toRequest(query, options), room.signal));
    if (options.json) {
      await printJson(room, page);
      return EXIT.ok;
    }
    for (const file of page.items) {
      const day = file.uploaded_at.slice(0, 10);
      await printLine(
        room,
        `${file.file_id}  ${humanSize(room.text, file.size).padStart(10)}  ${day}  ${shown(file.original_filename)}`,
      );
    }
    const { search: text } = room.text;
    const byPart = query !== undefined && (options.mode ?? 'partial') === 'partial';
    const nothing = byPart ? text.nothingPartial : text.nothing;
    await note(room, page.total === 0 ? nothing : text.total(page.items.length, page.total, page.total_is_estimate));
    return EXIT.ok;
  } finally {
    await client.close();
    await session.close();
  }
}

function toRequest(query: string | undefined, o: SearchOptions): SearchRequest {
  const fields = {
    query,
    mode: o.mode,
    tags: o.tag,
    file_extension: o.ext,
    retention_policy: o.policy,
    status: o.status,
    uploaded_by: o.by,
    checksum: o.checksum,
    min_size: o.minSize,
    max_size: o.maxSize,
    uploaded_after: o.after,
    uploaded_before: o.before,
    sort_by: o.sort,
    sort_order: o.order,
    limit: o.limit ?? LIMIT_DEFAULT,
    offset: o.offset,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
