// Замер записи в реестр: описания, каждое со своим id. Байтов за ними нет, и реестру они не нужны.

import type { Lab } from './lab.ts';
import { payloadChecksum } from './load/payload.ts';
import type { LoadPlan } from './load/load-plan.ts';
import { runLoad } from './load/run-load.ts';
import { peakResidentBytes } from './process-usage.ts';

const MIB = 2 ** 20;
const BYTES = 4096;
/** Запросов без счёта: замер ограничен временем. */
const UNBOUNDED = 10_000_000;

export async function measureRegistrations(id: string, lab: Lab): Promise<Record<string, number>> {
  const stand = await lab.stand();
  const headers = { authorization: `Bearer ${await stand.token('ingester')}`, 'content-type': 'application/json' };
  const list = await fetch(`${stand.adminUrl}/api/v1/storage-elements?mode=rw`, { headers });
  const { items }: { items: readonly { id: string }[] } = JSON.parse(await list.text());
  const plan: LoadPlan = {
    kind: 'post',
    url: `${stand.adminUrl}/api/v1/files`,
    headers,
    bodyBytes: 0,
    text: JSON.stringify({ storage_element_id: items[0]?.id, file: describeFile() }),
    connections: 64,
    requestsMax: UNBOUNDED,
    durationMs: lab.sizes.smallMs,
  };
  const rates: number[] = [];
  for (let run = 0; run < lab.sizes.repeats; run += 1) {
    const report = await runLoad(plan);
    rates.push(report.requests / report.seconds);
  }
  const speed = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
  return { [id]: speed, [`${id}.rss`]: (await peakResidentBytes(stand.adminPid)) / MIB };
}

/** Описание обычной величины; `{id}` генератор нагрузки заменит новым UUID. */
function describeFile(): object {
  return {
    file_id: '{id}',
    original_filename: 'Договор поставки №7 {id}.pdf',
    content_type: 'application/pdf',
    size: BYTES,
    checksum: payloadChecksum(BYTES),
    uploaded_by: 'bench',
    uploaded_at: new Date().toISOString(),
    description: 'Скан договора',
    tags: ['договор', 'скан'],
    metadata: { department: 'юридический' },
    status: 'active',
    retention_policy: 'permanent',
    ttl_days: null,
    expires_at: null,
    deleted_at: null,
    version: 1,
    revision: 1,
  };
}
