// Процесс для испытания повтора: правит немногие файлы тысячи раз и гибнет раньше контрольной точки.
// node patch-writer.ts <каталог> <файлов> <правок каждого>
import { join } from 'node:path';
import { openStore } from '../src/engine/store.ts';
import { editFile } from '../src/files/edit-file.ts';
import { fileIdOf, putBytes } from './crash/workload.ts';

const HOUR_MS = 3_600_000;
const [dir = '', files = '0', edits = '0'] = process.argv.slice(2);
const store = await openStore({
  dataDir: join(dir, 'data'),
  walDir: join(dir, 'wal'),
  mode: 'rw',
  space: { capacityBytesMax: undefined, reserveBytes: 0 },
  checkpointMs: HOUR_MS,
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
});

async function editOver(index: number): Promise<void> {
  const fileId = fileIdOf(index);
  await putBytes(store, { fileId, bytes: Buffer.from(`файл ${index}`), description: 'до правок' });
  for (let edit = 1; edit <= Number(edits); edit += 1) {
    await editFile(store, fileId, { description: `правка ${edit} файла ${index}` });
  }
}

await Promise.all(Array.from({ length: Number(files) }, (_, index) => editOver(index)));
process.send?.('edited', () => process.kill(process.pid, 'SIGKILL'));
