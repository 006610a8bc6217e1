// Отключения питания под нагрузкой на настоящей файловой системе: общее для ext4 и XFS.
import type { TestContext } from 'node:test';
import { join } from 'node:path';
import { runCrashCycles } from './crash-cycles.ts';
import { openFaultRoom } from './fault-room.ts';
import { createLoopDisk, type DiskKind } from './loop-disk.ts';

export const POWER_CUTS = Number(process.env['ARTSTORE_TEST_POWER_CUTS'] ?? 100);

/** Образ разрежённый: на машине занято только записанное. */
const DISK_BYTES = 2 ** 30;

/**
 * Круг: файловая система обесточена под живым процессом, процесс убит, диск подключён снова (здесь она повторяет свой
 * журнал), элемент запущен. Между обесточиванием и kill -9 процесс видит EIO и не вправе ничего подтвердить.
 */
export async function cutPowerUnderLoad(t: TestContext, type: DiskKind['type']): Promise<void> {
  const room = await openFaultRoom(t);
  const disk = createLoopDisk(t, room.dir, { type, bytes: DISK_BYTES });
  if (disk === undefined) return;
  room.env['SE_DATA_DIR'] = join(disk.path, 'data');
  await runCrashCycles(t, {
    room,
    cycles: POWER_CUTS,
    crash: async (element) => {
      disk.cutPower();
      element.child.kill('SIGKILL');
      await element.ended;
      disk.unmount();
      disk.mount();
    },
  });
}
