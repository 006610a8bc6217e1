// Разбор командной строки: команды, их параметры и справка на языке пользователя.

import { Command, CommanderError, Option } from 'commander';
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
import { CliError, EXIT, exitCodeOf } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { note, printError } from './output.ts';
import { helpWords } from './help-words.ts';
import type { CommonOptions, Room } from './room.ts';
import { describeUsage } from './usage-error.ts';

/** Исполняет команду; ошибки печатает сам. */
export async function runProgram(room: Room, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  // Ошибка разбора случается раньше, чем разобран --json.
  const json = args.includes('--json');
  const program = buildProgram(room, { json, done: (result) => (code = result) });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return await refuseUsage(room, error, program, args);
    if (room.signal.aborted) return await reportInterrupted(room, error, json);
    await printError(room, error, { json });
    return exitCodeOf(error);
  }
}

async function refuseUsage(
  room: Room,
  error: CommanderError,
  program: Command,
  args: readonly string[],
): Promise<ExitCode> {
  if (error.exitCode === 0) return EXIT.ok;
  const json = args.includes('--json');
  // Вызов без команды уже ответил справкой.
  if (error.code === 'commander.help' && !json) return EXIT.usage;
  const known = program.commands.map((command) => command.name());
  const words = describeUsage(
    room.text,
    error,
    args.find((arg) => known.includes(arg)),
  );
  await printError(room, new CliError('USAGE', EXIT.usage, words), { json });
  return EXIT.usage;
}

async function reportInterrupted(room: Room, error: unknown, json: boolean): Promise<ExitCode> {
  const said = error instanceof CliError && error.exitCode === EXIT.interrupted;
  const words = said ? error.message : room.text.interrupted;
  if (json) await printError(room, new CliError('INTERRUPTED', EXIT.interrupted, words), { json });
  else await note(room, words);
  return EXIT.interrupted;
}

function buildProgram(room: Room, o: { json: boolean; done: (code: ExitCode) => void }): Command {
  const { text } = room;
  const { done } = o;
  const program = new Command('artstore')
    .description(`${text.about} ${text.languageHint}`)
    .version(packageJson.version, '-V, --version', text.help.version)
    .helpOption('-h, --help', text.help.show)
    .helpCommand(`help ${text.help.command}`, text.help.show)
    .configureHelp(helpWords(text))
    .exitOverride()
    .configureOutput({
      writeOut: (line) => void room.stdout.write(line),
      writeErr: (line) => void (o.json || room.stderr.write(line)),
      // Ошибку разбора печатает runProgram — на языке пользователя.
      outputError: () => undefined,
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
        .argParser(profileName(room)),
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
    .option('--ttl <days>', text.ttl, wholeNumber(room, '--ttl'))
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
  withCommon(program.command('search').description(text.about).argument('[query]', text.query), room)
    .addOption(choice(room, '--mode <mode>', text.mode, ['exact', 'partial', 'fulltext']))
    .option('--tag <tag>', text.tag, collect)
    .option('--ext <extension>', text.ext)
    .addOption(choice(room, '--policy <policy>', text.policy, ['temporary', 'permanent']))
    .addOption(choice(room, '--status <status>', text.status, ['active', 'expired', 'deleted', 'corrupted', 'missing']))
    .option('--by <who>', text.by)
    .option('--checksum <sha256>', text.checksum)
    .option('--min-size <bytes>', text.minSize, wholeNumber(room, '--min-size'))
    .option('--max-size <bytes>', text.maxSize, wholeNumber(room, '--max-size'))
    .option('--after <time>', text.after)
    .option('--before <time>', text.before)
    .addOption(choice(room, '--sort <field>', text.sort, ['uploaded_at', 'original_filename', 'size', 'relevance']))
    .addOption(choice(room, '--order <order>', text.order, ['asc', 'desc']))
    .option('--limit <n>', text.limit, wholeNumber(room, '--limit'))
    .option('--offset <n>', text.offset, wholeNumber(room, '--offset'))
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

function wholeNumber(room: Room, option: string): (value: string) => number {
  return (value) => {
    const parsed = Number(value);
    if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(parsed)) refuse(room.text.usage.notNumber(option, value));
    return parsed;
  };
}

/** Параметр с закрытым списком значений. */
function choice(room: Room, flags: string, description: string, values: readonly string[]): Option {
  const name = flags.split(' ', 1)[0] ?? flags;
  return new Option(flags, description).choices(values).argParser((value: string) => {
    if (!values.includes(value)) refuse(room.text.usage.notOneOf(name, values.join(', '), value));
    return value;
  });
}

/** Имя профиля становится именем файла: ничего, кроме букв, цифр, точки внутри, дефиса и подчёркивания. */
function profileName(room: Room): (value: string) => string {
  return (value) => {
    if (!/^[\w-][\w.-]{0,63}$/.test(value)) refuse(room.text.badProfileName);
    return value;
  };
}

function refuse(words: string): never {
  throw new CliError('USAGE', EXIT.usage, words);
}
