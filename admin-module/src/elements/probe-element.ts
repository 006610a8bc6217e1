// Спросить элемент, кто он: общее начало осмотра, подключения, смены адреса и наблюдения.
import type { StorageElementClient } from '@artstore/clients';
import { ArtError } from '@artstore/contracts';
import { AddressRefused } from './address-policy.ts';
import type { Observation } from './elements-table.ts';

export interface Probe {
  readonly storageId: string;
  readonly seen: Observation;
}

export interface ProbeOptions {
  readonly client: StorageElementClient;
  readonly url: string;
  /** Кто обязан ответить; другой ответ — SE_UNAVAILABLE. */
  readonly expectedId?: string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws SE_UNAVAILABLE; VALIDATION_ERROR (body.url), если имя ведёт туда, куда ходить нельзя */
export async function probeElement({ client, url, expectedId, signal }: ProbeOptions): Promise<Probe> {
  const startedAtMs = performance.now();
  try {
    const { info, certificateExpiresAt } = await client.getInfo(url, {
      signal,
      ...(expectedId === undefined ? {} : { expectedId }),
    });
    const { capacity } = info;
    return {
      storageId: info.storage_id,
      seen: {
        epoch: info.epoch,
        mode: info.mode,
        status: info.status,
        version: info.version,
        capacityBytes: capacity.total_bytes,
        usedBytes: capacity.used_bytes,
        availableBytes: capacity.available_bytes,
        revision: info.revision,
        latencyMs: Math.round(performance.now() - startedAtMs),
        certificateExpiresAt,
      },
    };
  } catch (error) {
    if (!causedByRefusal(error)) throw error;
    throw new ArtError('VALIDATION_ERROR', {
      cause: error,
      details: [{ field: 'body.url', message: 'this host is not allowed', ru: 'этот адрес не разрешён' }],
    });
  }
}

function causedByRefusal(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof AddressRefused) return true;
  }
  return false;
}
