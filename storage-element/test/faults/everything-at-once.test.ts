// Всё сразу под нагрузкой и сбоями. Подтверждённое цело, убранное не воскресло, никто не оболган пометкой.
// Дольше: ARTSTORE_TEST_SOAK_SECONDS — сколько всего, ARTSTORE_TEST_SOAK_LIFE_MS — сколько живёт один процесс.
import { test } from 'node:test';
import { openFaultRoom } from './fault-room.ts';
import { Soak } from './soak-element.ts';

const SECONDS = Number(process.env['ARTSTORE_TEST_SOAK_SECONDS'] ?? 10);
const LIFE_MS_MAX = Number(process.env['ARTSTORE_TEST_SOAK_LIFE_MS'] ?? 1_500);
const timeout = SECONDS * 2_000 + LIFE_MS_MAX * 2 + 60_000;

test('уборка, сверка, проверка сумм, лента, убийства и потеря каталога под нагрузкой', { timeout }, async (t) => {
  const soak = new Soak(await openFaultRoom(t), { lifeMsMax: LIFE_MS_MAX });
  for (const end = performance.now() + SECONDS * 1_000; performance.now() < end; ) await soak.live();
  for (const line of await soak.finish()) t.diagnostic(line);
});
