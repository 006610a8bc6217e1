// Разбор командной строки: команды, их параметры и справка на языке пользователя.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { download } from './commands/download.ts';
import type { DownloadOptions } from './commands/download.ts';
import { info } from './commands/info.ts';
import { login } from './commands/login.ts';
import type { LoginOptions } from './commands/login.ts';
import { search } from './commands/search.ts';
import type { SearchOptions } from './commands/search.ts';
import { upload } from './commands/upload.ts';
import type { UploadOptions } from './commands/upload.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { note, printError } from './output.ts';
import type { CommonOptions, Room } from './room.ts';

/** Исполняет команду; ошибки печатает сам. */
export async function runProgram(room: Room, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = buildProgram(room, (result) => (code = result));
  // Ошибка разбора случается раньше, чем разобран --json.
  const json = args.includes('--json');
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (room.signal.aborted) {
      await note(room, room.text.interrupted);
      return EXIT.interrupted;
    }
    await printError(room, error, { json });
    return exitCodeOf(error);
  }
}

function buildProgram(room: Room, done: (code: ExitCode) => void): Command {
  const { text } = room;
  const program = new Command('artstore')
    .description(`${text.about} ${text.languageHint}`)
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (line) => void room.stdout.write(line),
      writeErr: (line) => void room.stderr.write(line),
    });
  addLogin(program, room, done);
  addUpload(program, room, done);
  addSearch(program, room, done);
  addDownload(program, room, done);
  withCommon(program.command('info').description(text.info.about).argument('<file_id>', text.download.id), room).action(
    async (fileId: string, options: CommonOptions) => done(await info(room, fileId, options)),
  );
  return program;
}

function withCommon(command: Command, room: Room): Command {
  return command
    .option('--json', room.text.json, false)
    .addOption(
      new Option('--profile <name>', room.text.profile)
        .default('default')
        .env('ARTSTORE_PROFILE')
        .argParser(profileName),
    );
}

function addLogin(program: Command, room: Room, done: (code: ExitCode) => void): void {
  const { login: text } = room.text;
  withCommon(program.command('login').description(text.about), room)
    .addOption(new Option('--admin-url <url>', text.adminUrl).env('ARTSTORE_ADMIN_URL'))
    .addOption(new Option('--ingester-url <url>', text.ingesterUrl).env('ARTSTORE_INGESTER_URL'))
    .addOption(new Option('--query-url <url>', text.queryUrl).env('ARTSTORE_QUERY_URL'))
    .option('--ca <file>', text.ca)
    .addOption(new Option('--client-id <id>', text.clientId).env('ARTSTORE_CLIENT_ID'))
    .option('--username <name>', text.username)
    .option('--secret-stdin', text.secretStdin)
    .option('--stand <file>', text.stand)
    .action(async (options: LoginOptions) => done(await login(room, options)));
}

function addUpload(program: Command, room: Room, done: (code: ExitCode) => void): void {
  const { upload: text } = room.text;
  withCommon(program.command('upload').description(text.about).argument('<file...>', text.files), room)
    .option('--permanent', text.permanent)
    .option('--ttl <days>', text.ttl, wholeNumber(room))
    .option('--tag <tag>', text.tag, collect)
    .option('--description <text>', text.description)
    .option('--metadata <json>', text.metadata)
    .option('--name <name>', text.name)
    .option('--type <type>', text.type)
    .option('--checksum', text.checksum)
    .option('--idempotency-key <key>', text.key)
    .action(async (files: string[], options: UploadOptions) => done(await upload(room, files, options)));
}

function addSearch(program: Command, room: Room, done: (code: ExitCode) => void): void {
  const { search: text } = room.text;
  const number = wholeNumber(room);
  withCommon(program.command('search').description(text.about).argument('[query]', text.query), room)
    .addOption(new Option('--mode <mode>', text.mode).choices(['exact', 'partial', 'fulltext']))
    .option('--tag <tag>', text.tag, collect)
    .option('--ext <extension>', text.ext)
    .addOption(new Option('--policy <policy>', text.policy).choices(['temporary', 'permanent']))
    .addOption(
      new Option('--status <status>', text.status).choices(['active', 'expired', 'deleted', 'corrupted', 'missing']),
    )
    .option('--by <who>', text.by)
    .option('--checksum <sha256>', text.checksum)
    .option('--min-size <bytes>', text.minSize, number)
    .option('--max-size <bytes>', text.maxSize, number)
    .option('--after <time>', text.after)
    .option('--before <time>', text.before)
    .addOption(
      new Option('--sort <field>', text.sort).choices(['uploaded_at', 'original_filename', 'size', 'relevance']),
    )
    .addOption(new Option('--order <order>', text.order).choices(['asc', 'desc']))
    .option('--limit <n>', text.limit, number)
    .option('--offset <n>', text.offset, number)
    .action(async (query: string | undefined, options: SearchOptions) => done(await search(room, query, options)));
}

function addDownload(program: Command, room: Room, done: (code: ExitCode) => void): void {
  const { download: text } = room.text;
  withCommon(program.command('download').description(text.about).argument('<file_id>', text.id), room)
    .option('-o, --output <path>', text.output)
    .option('--force', text.force)
    .action(async (fileId: string, options: DownloadOptions) => done(await download(room, fileId, options)));
}

function collect(value: string, known: readonly string[] | undefined): string[] {
  return [...(known ?? []), value];
}

function wholeNumber(room: Room): (value: string) => number {
  return (value) => {
    const parsed = Number(value);
    if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(parsed))
      throw new InvalidArgumentError(room.text.upload.badNumber(value));
    return parsed;
  };
}

/** Имя профиля становится именем файла: ничего, кроме букв, цифр, точки внутри, дефиса и подчёркивания. */
function profileName(value: string): string {
  if (!/^[\w-][\w.-]{0,63}$/.test(value)) throw new InvalidArgumentError('A-Z a-z 0-9 . _ -');
  return value;
}
