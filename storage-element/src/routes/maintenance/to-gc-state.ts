// Состояние уборки в словах контракта. Чистое преобразование.
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { GcState } from '../../upkeep/run-gc.ts';

export function toGcState(state: GcState): components['schemas']['GcState'] {
  const { result } = state;
  return {
    status: state.status,
    trigger: state.trigger,
    dry_run: state.options?.dryRun ?? false,
    started_at: toTimestamp(state.startedAt),
    finished_at: toTimestamp(state.finishedAt),
    next_run_at: toTimestamp(state.nextRunAt),
    backlog: { ...state.backlog },
    trash: { ...state.trash },
    result: {
      files_expired: result.filesExpired,
      files_removed: result.filesRemoved,
      bytes_freed: result.bytesFreed,
      tombstones_forgotten: result.tombstonesForgotten,
    },
    suspended: state.suspended,
    error: state.error,
  };
}

function toTimestamp(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
