// Поднимает всю систему на одной машине и держит её работающей. Порядок: проверки → база → Admin → элементы →
// регистрация → Ingester и Query. Обещание: отказ на любом шаге останавливает всё начатое.
import type { Language } from '@artstore/contracts';
import { checkAdminPassword, checkHome, checkPorts } from './check-machine.ts';
import { claimHome } from './claim-home.ts';
import { layoutHome } from './home-layout.ts';
import { messagesIn } from './messages.ts';
import { listPorts, type ModulePart, type PartName } from './parts.ts';
import { prepareHome } from './prepare-home.ts';
import { formatProgress } from './progress.ts';
import { registerElements } from './register-elements.ts';
import { Roster } from './roster.ts';
import { settleLeftovers } from './settle-leftovers.ts';
import { readPreviousParts, type StandFile } from './stand-file.ts';
import { StandError } from './stand-error.ts';
import { startUpkeep } from './upkeep.ts';

export interface StandOptions {
  /** ARTSTORE_HOME: всё состояние стенда. */
  readonly home: string;
  /** На сколько сдвинуты все порты. */
  readonly portShift?: number;
  readonly language?: Language;
  /** Куда идут строки для человека; по умолчанию никуда. */
  readonly say?: (line: string) => void;
  /** Окружение, из которого модулям достаются PATH, язык и настройки AM_, SE_, IM_, QM_, не заданные стендом. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Пароль администратора при первом запуске; без него придумывается случайный. */
  readonly adminPassword?: string | undefined;
  /** Прерывает запуск. */
  readonly signal?: AbortSignal;
}

export interface Stand {
  /** Содержимое stand.json на этот миг. */
  file(): StandFile;
  pid(name: PartName): number | undefined;
  /** Посылает сигнал части; стенд поднимет её снова. */
  kill(name: PartName, signal?: NodeJS.Signals): void;
  /** Ждёт, пока часть готова. */
  whenReady(name: PartName): Promise<void>;
  /** Останавливает всё не дольше чем за 10 с. */
  stop(): Promise<void>;
}

/** Возвращается, когда все части готовы и элементы зарегистрированы. Отказ, понятный человеку, — StandError. */
export async function startStand(options: StandOptions): Promise<Stand> {
  const messages = messagesIn(options.language ?? 'en');
  const say = options.say ?? (() => undefined);
  const signal = options.signal ?? new AbortController().signal;
  const layout = layoutHome(options.home);
  checkAdminPassword(options.adminPassword, messages);
  await checkHome(layout.home, messages);
  const claim = await claimHome(layout, messages);
  try {
    if (claim.crashedPid !== undefined) say(messages.crashedBefore(claim.crashedPid));
    await settleLeftovers({ previous: await readPreviousParts(layout), messages, say, signal });
    await checkPorts(listPorts(options.portShift ?? 0), messages);
    const roster = new Roster({
      layout,
      messages,
      say,
      env: options.env ?? {},
      signal,
    });
    try {
      await bringUp(roster, options);
    } catch (error) {
      await roster.stop();
      throw error;
    }
    const upkeep = startUpkeep(layout);
    return {
      file: () => roster.file(),
      pid: (name) => roster.find(name).pid(),
      kill: (name, signal = 'SIGKILL') => roster.find(name).kill(signal),
      whenReady: (name) => roster.find(name).whenReady(),
      async stop() {
        upkeep.stop();
        await roster.stop();
        await claim.release();
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function bringUp(roster: Roster, options: StandOptions): Promise<void> {
  const { layout, messages, say } = roster.room;
  const startedAt = performance.now();
  const tell = (name: string, address: string, since: number, words: readonly string[]) =>
    say(formatProgress({ name, address, time: messages.seconds(performance.now() - since), words }));

  const { secrets, ca, issued } = await prepareHome(layout, options.adminPassword);
  if (issued.length > 0) say(messages.certificates(issued.join(', ')));
  options.signal?.throwIfAborted();
  const postgres = await roster.startPostgres();
  if (postgres.leftoverPid !== undefined) say(messages.leftoverPostgres(postgres.leftoverPid));
  const parts = await roster.describe({ secrets, ca, portShift: options.portShift ?? 0 });
  tell('postgres', messages.socket(), startedAt, [postgres.created ? messages.created() : messages.ready()]);

  const start = async (part: ModulePart, words: readonly string[] = [messages.ready()]) => {
    const since = performance.now();
    await roster.startPart(part);
    tell(part.name, part.url, since, words);
  };
  await start(parts.admin);
  await Promise.all(parts.elements.map((element) => start(element)));
  const wish = { adminUrl: parts.admin.url, account: secrets.accounts.stand, elements: parts.elements, ca, messages };
  // Учётную запись стенда вправе закрыть администратор; уже знакомым элементам это не мешает, и стенд работает дальше.
  const added = await registerElements(wish).catch((error: unknown) => {
    if (!(error instanceof StandError)) throw error;
    say(`  ${error.message}`);
    return [];
  });
  if (added.length > 0) say(`  ${added.join(', ')}: ${messages.registered()}`);
  await Promise.all([start(parts.ingester), start(parts.query)]);
  await roster.markReady();
  say(`  ${messages.uiLater()}`);
  say(messages.allReady(performance.now() - startedAt));
}
