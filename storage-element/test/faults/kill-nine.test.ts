// kill -9 в случайный миг под нагрузкой. После каждого запуска подтверждённое на месте, каким его подтвердили,
// а начатое без ответа случилось целиком или никак.
import { test } from 'node:test';
import { runCrashCycles } from './crash-cycles.ts';
import { openFaultRoom } from './fault-room.ts';

const KILLS = Number(process.env['ARTSTORE_TEST_KILLS'] ?? 200);
/** Два элемента рядом: пока один запускается, другой под нагрузкой. */
const ELEMENTS = 2;

test(`до ${KILLS} раз kill -9 под нагрузкой`, { concurrency: ELEMENTS, timeout: 280_000 }, async (t) => {
  await Promise.all(
    Array.from({ length: ELEMENTS }, (_, index) =>
      t.test(`элемент ${index + 1}`, async (one) => {
        const room = await openFaultRoom(one);
        const crash = async (element: ReturnType<typeof room.spawn>) => {
          element.child.kill('SIGKILL');
          await element.ended;
        };
        await runCrashCycles(one, { room, cycles: KILLS / ELEMENTS, crash });
      }),
    ),
  );
});
