// artstore upload: файлы один за другим, каждый со своим ключом повтора, поэтому повтор не создаёт второго файла.

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { createIngesterClient } from '@artstore/clients';
import type { IngesterClient, UploadedFile } from '@artstore/clients';
import { isArtError } from '@artstore/contracts';
import { contentTypeOf } from '../content-type.ts';
import { CliError, EXIT, exitCodeOf } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { isLocal, localReason } from '../local-error.ts';
import type { Service } from '../name-silent-module.ts';
import { humanSize, printError, printJson, printLine, shown } from '../output.ts';
import { isRecord } from '../profile.ts';
import { openProgress } from '../progress.ts';
import { withRetry } from '../retry.ts';
import type { CommonOptions, Room } from '../room.ts';
import { openSession } from '../session.ts';

export interface UploadOptions extends CommonOptions {
  readonly permanent?: boolean;
  readonly ttl?: number;
  readonly tag?: readonly string[];
  readonly description?: string;
  readonly metadata?: string;
  readonly name?: string;
  readonly type?: string;
  readonly checksum?: boolean;
  readonly idempotencyKey?: string;
}

const READ_BYTES = 1024 * 1024;

/** @returns код первого неудавшегося файла; удавшимся он не мешает. */
export async function upload(room: Room, paths: readonly string[], options: UploadOptions): Promise<ExitCode> {
  checkOptions(room, paths, options);
  const metadata = readMetadata(room, options.metadata);
  const session = await openSession(room, options.profile);
  const client = createIngesterClient({
    url: session.profile.ingester_url,
    ca: session.profile.ca ?? undefined,
    token: session.token,
    language: room.language,
  });
  let worst: ExitCode = EXIT.ok;
  try {
    for (const path of paths) {
      try {
        const file = await uploadOne({ room, client, service: session.ingester }, path, {
          ...options,
          ...(metadata === undefined ? {} : { parsed: metadata }),
        });
        await printUploaded(room, path, file, options.json);
      } catch (error) {
        if (room.signal.aborted) throw error;
        if (worst === EXIT.ok) worst = exitCodeOf(error);
        await printError(room, error, { json: options.json, path });
      }
    }
  } finally {
    await client.close();
    await session.close();
  }
  return worst;
}

type OneOptions = UploadOptions & { readonly parsed?: Record<string, unknown> };

interface Sender {
  readonly room: Room;
  readonly client: IngesterClient;
  readonly service: Service;
}

async function uploadOne(sender: Sender, path: string, options: OneOptions): Promise<UploadedFile> {
  const { room, client, service } = sender;
  const full = resolve(room.cwd, path);
  const size = await sizeOf(room, path, full);
  const filename = options.name ?? basename(full);
  const checksum = options.checksum === true ? await hashFile(room, path, full) : undefined;
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  const progress = openProgress(room, { label: filename, total: size, quiet: options.json });
  try {
    return await withRetry(room, service, async () => {
      const hash = createHash('sha256');
      const file = await client.upload({
        filename,
        contentType: options.type ?? contentTypeOf(filename),
        size,
        open: () => readWhile(full, (chunk) => hash.update(chunk)),
        retentionPolicy: options.permanent === true ? 'permanent' : 'temporary',
        ttlDays: options.ttl,
        description: options.description,
        tags: options.tag,
        metadata: options.parsed,
        idempotencyKey,
        checksum,
        onProgress: progress.at,
        signal: room.signal,
      });
      if (file.checksum !== hash.digest('hex')) {
        throw new CliError('CHECKSUM_MISMATCH', EXIT.integrity, room.text.upload.corrupted(path));
      }
      return file;
    });
  } catch (error) {
    if (isArtError(error, 'LENGTH_MISMATCH'))
      throw new CliError('FILE_CHANGED', EXIT.local, room.text.upload.changed(path), error);
    throw readFailure(room, path, error);
  } finally {
    progress.clear();
  }
}

async function printUploaded(room: Room, path: string, file: UploadedFile, json: boolean): Promise<void> {
  if (json) return await printJson(room, { path, ...file });
  const pending = file.registration === 'pending' ? ` (${room.text.upload.pending})` : '';
  await printLine(
    room,
    `${file.file_id}  ${humanSize(room.text, file.size).padStart(10)}  ${shown(file.original_filename)}${pending}`,
  );
}

async function* readWhile(path: string, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    if (!Buffer.isBuffer(chunk)) continue;
    see(chunk);
    yield chunk;
  }
}

async function sizeOf(room: Room, path: string, full: string): Promise<number> {
  try {
    const found = await stat(full);
    if (found.isDirectory()) throw new CliError('NOT_A_FILE', EXIT.local, room.text.upload.isFolder(path));
    if (!found.isFile()) throw new CliError('NOT_A_FILE', EXIT.local, room.text.upload.notFile(path));
    return found.size;
  } catch (error) {
    throw readFailure(room, path, error);
  }
}

async function hashFile(room: Room, path: string, full: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const _ of readWhile(full, (chunk) => hash.update(chunk))) room.signal.throwIfAborted();
  } catch (error) {
    throw readFailure(room, path, error);
  }
  return hash.digest('hex');
}

function readFailure(room: Room, path: string, error: unknown): unknown {
  if (!isLocal(error)) return error;
  const words = room.text.upload.cannotRead(path, localReason(room.text, error, 'file'));
  return new CliError('CANNOT_READ', EXIT.local, words, error);
}

const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[\x20-\x7e]*)?$/;

function checkOptions(room: Room, paths: readonly string[], options: UploadOptions): void {
  const usage = (message: string): never => {
    throw new CliError('USAGE', EXIT.usage, message);
  };
  if (options.permanent === true && options.ttl !== undefined) usage(room.text.upload.ttlPermanent);
  if (options.type !== undefined && !CONTENT_TYPE.test(options.type)) usage(room.text.upload.badType);
  if (paths.length > 1 && options.name !== undefined) usage(room.text.upload.oneFile('--name'));
  if (paths.length > 1 && options.idempotencyKey !== undefined) usage(room.text.upload.oneFile('--idempotency-key'));
}

function readMetadata(room: Room, value: string | undefined): Record<string, unknown> | undefined {
  if (value === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    if (isRecord(parsed)) return parsed;
  } catch {
    // Ниже одна ошибка и на негодный JSON, и на JSON не того вида.
  }
  throw new CliError('USAGE', EXIT.usage, room.text.upload.badMetadata);
}
