// artstore download: содержимое идёт во временный файл рядом с целью, сверяется с контрольной суммой и лишь потом
// получает своё имя. Прерванное продолжается с места обрыва — и в этом запуске, и в следующем.

import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { once } from 'node:events';
import { createQueryClient } from '@artstore/clients';
import type { FileMetadata, QueryClient } from '@artstore/clients';
import { ArtError } from '@artstore/contracts';
import { checkFileId } from '../check-file-id.ts';
import { claimPart } from '../claim-part.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { isLocal, localReason } from '../local-error.ts';
import type { Service } from '../name-silent-module.ts';
import { humanSize, printJson, printLine, shown } from '../output.ts';
import { openProgress } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { withRetry } from '../retry.ts';
import type { CommonOptions, Room } from '../room.ts';
import { openSession } from '../session.ts';

export interface DownloadOptions extends CommonOptions {
  readonly output?: string;
  readonly force?: boolean;
}

interface Job {
  readonly room: Room;
  readonly client: QueryClient;
  readonly service: Service;
  readonly file: FileMetadata;
  readonly progress: Progress;
}

export async function download(room: Room, fileId: string, options: DownloadOptions): Promise<ExitCode> {
  checkFileId(room, fileId);
  const session = await openSession(room, options.profile);
  const client = createQueryClient({
    url: session.profile.query_url,
    ca: session.profile.ca ?? undefined,
    token: session.token,
    language: room.language,
  });
  try {
    const file = await withRetry(room, session.query, () => client.getFile(fileId, room.signal));
    const progress = openProgress(room, { label: file.original_filename, total: file.size, quiet: options.json });
    const job: Job = { room, client, service: session.query, file, progress };
    try {
      if (options.output === '-') await toStdout(job);
      else await toFile(job, options);
    } finally {
      progress.clear();
    }
    return EXIT.ok;
  } finally {
    await client.close();
    await session.close();
  }
}

async function toFile(job: Job, options: DownloadOptions): Promise<void> {
  const { room, file } = job;
  const path = await chooseTarget(room, file, options.output);
  try {
    if (options.force !== true && (await exists(path)))
      throw new CliError('FILE_EXISTS', EXIT.local, room.text.download.exists(path));
    const resumedFrom = await receiveInto(job, path, options.force === true);
    const done = { file_id: file.file_id, path, size: file.size, checksum: file.checksum, resumed_from: resumedFrom };
    job.progress.clear();
    if (options.json) await printJson(room, done);
    else await printLine(room, room.text.download.done(shown(path), humanSize(room.text, file.size)));
  } catch (error) {
    if (room.signal.aborted) throw new CliError('INTERRUPTED', EXIT.interrupted, room.text.download.interrupted, error);
    if (isLocal(error) && error.code === 'EEXIST')
      throw new CliError('FILE_EXISTS', EXIT.local, room.text.download.exists(path), error);
    throw isLocal(error)
      ? new CliError(
          'CANNOT_WRITE',
          EXIT.local,
          room.text.download.cannotWrite(path, localReason(room.text, error, 'folder')),
          error,
        )
      : error;
  }
}

/** Качает во временный файл рядом с целью и ставит его на место. @returns с какого байта начали */
async function receiveInto(job: Job, path: string, replace: boolean): Promise<number> {
  const { room, file } = job;
  // Имя временного файла — по сумме содержимого: чужое или прежнее содержимое под ним не окажется.
  const part = join(dirname(path), `.artstore-${file.file_id}-${file.checksum.slice(0, 16)}.part`);
  const claim = await claimPart(part);
  if (claim.kind === 'busy') throw new CliError('DOWNLOAD_BUSY', EXIT.local, room.text.download.busy(claim.pid));
  try {
    const resumedFrom = await receive(job, claim.path);
    await place(claim.path, path, replace);
    return resumedFrom;
  } finally {
    await claim.release();
  }
}

/** Докачивает во временный файл и сверяет сумму. @returns с какого байта начали */
async function receive(job: Job, part: string): Promise<number> {
  const { room, file } = job;
  const handle = await open(part, 'r+');
  try {
    let { size: at } = await handle.stat();
    if (at > file.size) {
      await handle.truncate(0);
      at = 0;
    }
    const resumedFrom = at;
    const hash = await hashStart(part, at);
    const sink = async (chunk: Buffer): Promise<void> => {
      await writeAll(handle, chunk, at);
      at += chunk.length;
      hash.update(chunk);
    };
    await fetchAll(job, () => at, sink);
    // Сумма — по принятому, а отдадим мы файл: он обязан быть ровно той же длины.
    if (hash.digest('hex') !== file.checksum || (await handle.stat()).size !== file.size) {
      // Негодное начало больше не пригодится: следующий запуск начнёт заново.
      await rm(part, { force: true });
      throw new CliError('CHECKSUM_MISMATCH', EXIT.integrity, room.text.download.corrupted);
    }
    await handle.sync();
    return resumedFrom;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

async function hashStart(path: string, bytes: number): Promise<Hash> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash;
  for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1024 * 1024 })) {
    if (Buffer.isBuffer(chunk)) hash.update(chunk);
  }
  return hash;
}

async function toStdout(job: Job): Promise<void> {
  const { room, file } = job;
  const hash = createHash('sha256');
  let at = 0;
  await fetchAll(
    job,
    () => at,
    async (chunk) => {
      if (!room.stdout.write(chunk)) await once(room.stdout, 'drain', { signal: room.signal });
      at += chunk.length;
      hash.update(chunk);
    },
  );
  if (hash.digest('hex') !== file.checksum)
    throw new CliError('CHECKSUM_MISMATCH', EXIT.integrity, room.text.download.corrupted);
}

/** Качает, пока не дойдёт до размера файла; обрыв продолжает с того же места. */
async function fetchAll(job: Job, at: () => number, sink: (chunk: Buffer) => Promise<void>): Promise<void> {
  const { room, file, progress, service } = job;
  let attemptedAt = -1;
  await withRetry(
    room,
    service,
    async () => {
      if (at() >= file.size) return;
      attemptedAt = at();
      await fetchRest(job, at(), sink);
      if (at() < file.size) throw new ArtError('NOT_READY', { cause: new Error('the download was cut') });
    },
    () => at() > attemptedAt,
  );
  progress.at(file.size);
}

async function fetchRest(job: Job, from: number, sink: (chunk: Buffer) => Promise<void>): Promise<void> {
  const { room, client, file, progress } = job;
  const headers: Record<string, string> =
    from === 0 ? {} : { range: `bytes=${from}-`, 'if-range': `"${file.checksum}"` };
  const reply = await client.download(file.file_id, { headers, signal: room.signal });
  if (from > 0 && !isExpectedRange(reply.status, reply.headers['content-range'], from, file.size)) {
    reply.body.on('error', () => undefined).destroy();
    throw new CliError('CHECKSUM_MISMATCH', EXIT.integrity, room.text.download.corrupted);
  }
  let at = from;
  const chunks = reply.body[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextChunk(chunks, room);
    if (next === undefined) return;
    at += next.length;
    if (at > file.size) throw new CliError('CHECKSUM_MISMATCH', EXIT.integrity, room.text.download.corrupted);
    await sink(next);
    progress.at(at);
  }
}

/** Обрыв сети посреди тела — временная беда; беда с местным файлом сюда не попадает. */
async function nextChunk(chunks: AsyncIterator<unknown>, room: Room): Promise<Buffer | undefined> {
  try {
    const next = await chunks.next();
    return next.done !== true && Buffer.isBuffer(next.value) ? next.value : undefined;
  } catch (cause) {
    room.signal.throwIfAborted();
    throw new ArtError('NOT_READY', { cause });
  }
}

function isExpectedRange(status: number, header: string | string[] | undefined, from: number, size: number): boolean {
  return status === 206 && header === `bytes ${from}-${size - 1}/${size}`;
}

/** Куда класть: имя с сервера — только имя, путём оно не станет. */
async function chooseTarget(room: Room, file: FileMetadata, output: string | undefined): Promise<string> {
  const name = basename(file.original_filename.replaceAll(/[/\\\0]/g, '_'));
  const safe = name === '' || name === '.' || name === '..' ? file.file_id : name;
  if (output === undefined) return resolve(room.cwd, safe);
  const path = resolve(room.cwd, output);
  const isFolder = output.endsWith('/') || (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return isFolder ? join(path, safe) : path;
}

/** Даёт файлу имя: без --force — только если имя свободно до последнего мига. */
async function place(part: string, path: string, replace: boolean): Promise<void> {
  if (replace) return await rename(part, path);
  try {
    await link(part, path);
  } catch (error) {
    // Жёстких ссылок нет на FAT и некоторых сетевых дисках: имя проверено раньше, остаётся переименовать.
    if (!isLocal(error) || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) throw error;
    return await rename(part, path);
  }
  await rm(part, { force: true });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
