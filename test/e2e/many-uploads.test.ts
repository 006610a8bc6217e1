// 64 одновременные загрузки по 100 МиБ: каждая сумма верна, память каждого процесса ограничена.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { generatedContent } from './lib/content.ts';
import { useStand } from './lib/use-stand.ts';

const UPLOADS = 64;
const FILE_BYTES = 100 * 2 ** 20;
const RESIDENT_MAX_MIB = 300;

const disk = await statfs(tmpdir());
const freeBytes = disk.bavail * disk.bsize;
const neededBytes = UPLOADS * FILE_BYTES * 1.5;
const skip =
  freeBytes < neededBytes ? `на диске временных файлов свободно меньше ${Math.ceil(neededBytes / 2 ** 30)} ГиБ` : false;
const stand = skip === false ? useStand() : undefined;

/** Содержимое файлов на дисках обоих элементов: путь по идентификатору. Вторая копия файла — ошибка. */
async function findStored(elements: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(elements, { recursive: true })) {
    if (!name.endsWith('.bin')) continue;
    const id = basename(name, '.bin');
    assert.ok(!found.has(id), `${id} лежит дважды`);
    found.set(id, join(elements, name));
  }
  return found;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** Пик резидентной памяти процесса, МиБ. */
async function peakMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

test('64 загрузки по 100 МиБ сразу: суммы верны, каждый процесс не больше 300 МиБ', {
  skip,
  timeout: 240_000,
}, async () => {
  assert.ok(stand);
  const { caller, launched } = stand();
  const files = Array.from({ length: UPLOADS }, (_, index) => ({
    index,
    content: generatedContent(`many/${index}`, FILE_BYTES),
  }));
  const uploaded = await Promise.all(
    files.map(async ({ index, content }) => {
      const fields = { retention_policy: index % 2 === 0 ? 'permanent' : 'temporary' };
      const reply = await caller.upload({ file: { filename: `много-${index}.bin`, content }, fields });
      assert.equal(reply.status, 201, JSON.stringify(reply.body));
      assert.equal(reply.body.checksum, content.sha256);
      return { index, id: reply.body.file_id, content };
    }),
  );
  // Четверть скачивается всем обратным путём, остальные суммы считаются заново по файлам на дисках элементов.
  const stored = await findStored(join(launched.home, 'elements'));
  assert.equal(stored.size, UPLOADS, 'на дисках ровно столько файлов, сколько загружено');
  for (const { index, id, content } of uploaded.filter((file) => file.index % 4 !== 0)) {
    const path = stored.get(id);
    assert.ok(path, `файла ${index} нет на диске`);
    assert.equal(await hashFile(path), content.sha256, `много-${index}.bin на диске`);
  }
  const queue = uploaded.filter(({ index }) => index % 4 === 0);
  const reader = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const downloaded = await caller.download(item.id);
      assert.deepEqual([downloaded.status, downloaded.sha256], [200, item.content.sha256]);
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  for (const { name, pid } of (await launched.standFile()).parts) {
    const peak = await peakMib(pid);
    assert.ok(peak > 0 && peak <= RESIDENT_MAX_MIB, `${name}: пик ${peak.toFixed(0)} МиБ`);
  }
});
