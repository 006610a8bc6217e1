// Осмотр адреса: кто там отвечает. Ничего не записывает; чужой ответ дословно не возвращает.
import type { Schemas } from '../api-types.ts';
import type { ElementRooms } from './element-rooms.ts';
import { probeElement } from './probe-element.ts';

export async function discoverElement(
  { client, policy, known }: ElementRooms,
  url: string,
  signal: AbortSignal,
): Promise<Schemas['DiscoveredElement']> {
  const origin = policy.checkUrl(url, 'body.url');
  const { storageId, seen } = await probeElement({ client, url: origin, signal });
  return {
    storage_id: storageId,
    url: origin,
    epoch: seen.epoch,
    mode: seen.mode,
    status: seen.status,
    version: seen.version,
    capacity_bytes: seen.capacityBytes,
    used_bytes: seen.usedBytes,
    available_bytes: seen.availableBytes,
    revision: seen.revision,
    latency_ms: seen.latencyMs,
    certificate_expires_at: seen.certificateExpiresAt,
    registered: await known.has(storageId),
  };
}
