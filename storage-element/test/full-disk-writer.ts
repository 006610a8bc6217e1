// Процесс для испытания полного диска: сохраняет файлы, забивает диск брошенной загрузкой и гибнет без остановки.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFullDiskStore, putBytes } from './full-disk-store.ts';

const [dir = ''] = process.argv.slice(2);
const store = await openFullDiskStore(dir);
await putBytes(store, '00000000-0000-4000-8000-000000000001', Buffer.alloc(50_000, 1));
try {
  writeFileSync(join(dir, 'data', 'staging', 'brosheno.part'), Buffer.alloc(200 << 20));
} catch {
  process.send?.('full');
}
process.kill(process.pid, 'SIGKILL');
