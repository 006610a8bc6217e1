// Слова, которыми главный поток и поток раскладки говорят друг с другом.
import type { Flushed } from './placer.ts';
import type { LogRecord } from './wal-record.ts';

export interface PlacerHome {
  readonly dataDir: string;
  readonly walDir: string;
}

export type PlacerOrder =
  | { readonly kind: 'place' | 'redo'; readonly id: number; readonly records: readonly LogRecord[] }
  | { readonly kind: 'flush' | 'backfill' | 'lost' | 'close'; readonly id: number }
  /** Прервать идущий сброс. */
  | { readonly kind: 'abandon' };

export type PlacerReply =
  | { readonly kind: 'done'; readonly id: number; readonly value: Flushed | readonly string[] | undefined }
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown }
  | { readonly kind: 'noSpace'; readonly stalled: boolean };
