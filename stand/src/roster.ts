// Список живых частей стенда: кого подняли, в каком порядке останавливать, что написать в stand.json.
import { markProcess } from '@artstore/postgres';
import type { HomeLayout } from './home-layout.ts';
import type { Messages } from './messages.ts';
import { ADMIN_USERNAME, describeParts, type ModulePart, type PartName, type Parts } from './parts.ts';
import { type DatabaseUrls, prepareDatabase } from './prepare-database.ts';
import { ACCOUNT_SCOPES, type Secrets } from './secrets.ts';
import { type PartEntry, type StandFile, writeStandFile } from './stand-file.ts';
import { type Supervised, supervisePart } from './supervise-part.ts';
import { type SupervisedPostgres, supervisePostgres } from './supervise-postgres.ts';

export interface RosterRoom {
  readonly layout: HomeLayout;
  readonly messages: Messages;
  readonly say: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

interface Plan {
  readonly secrets: Secrets;
  readonly ca: string;
  readonly portShift: number;
}

export class Roster {
  readonly room: RosterRoom;
  readonly #supervised = new Map<PartName, Supervised>();
  /** Процессы, о которых узнает следующий запуск, если этот будет убит; сюда попадают и те, что ещё поднимаются. */
  readonly #pids = new Map<PartName, number>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #abandon = new AbortController();
  readonly #signal: AbortSignal;
  #postgres: SupervisedPostgres | undefined;
  #described: { plan: Plan; parts: Parts; databaseUrls: DatabaseUrls } | undefined;
  #state: StandFile['state'] = 'starting';
  #writing: Promise<void> = Promise.resolve();

  constructor(room: RosterRoom) {
    this.room = room;
    this.#signal = AbortSignal.any([room.signal, this.#abandon.signal]);
  }

  async startPostgres(): Promise<SupervisedPostgres> {
    const { layout, messages, say } = this.room;
    const onStart = this.#noteStart('postgres');
    this.#postgres = await supervisePostgres({ directory: layout.postgres, messages, say, onStart }, this.#signal);
    return this.#postgres;
  }

  /** Заводит базу ArtStore и описывает остальные части. */
  async describe(plan: Plan): Promise<Parts> {
    if (this.#postgres === undefined) throw new Error('база ещё не поднята');
    const { layout } = this.room;
    const databaseUrls = await prepareDatabase(this.#postgres.url, plan.secrets.database_password);
    const parts = describeParts({ layout, secrets: plan.secrets, portShift: plan.portShift, databaseUrls });
    this.#described = { plan, parts, databaseUrls };
    await this.#save();
    return parts;
  }

  async startPart(part: ModulePart): Promise<void> {
    this.#signal.throwIfAborted();
    const { layout, messages, say, env } = this.room;
    const ca = this.#described?.plan.ca ?? '';
    const room = {
      ca,
      messages,
      say,
      env,
      logFile: layout.log(part.name),
      codeCache: layout.codeCache,
      onStart: this.#noteStart(part.name),
    };
    const attempt = supervisePart(part, room, this.#signal).then((started) => this.#supervised.set(part.name, started));
    this.#starting.add(attempt.catch(() => undefined));
    await attempt;
  }

  async markReady(): Promise<void> {
    this.#signal.throwIfAborted();
    this.#state = 'ready';
    await this.#save();
  }

  file(): StandFile {
    if (this.#described === undefined) throw new Error('стенд ещё не описан');
    return composeFile({
      ...this.#described,
      state: this.#state,
      layout: this.room.layout,
      entries: this.#listEntries(),
    });
  }

  find(name: PartName): Supervised | SupervisedPostgres {
    const part = name === 'postgres' ? this.#postgres : this.#supervised.get(name);
    if (part === undefined) throw new Error(`части ${name} нет`);
    return part;
  }

  /** Сначала те, кто принимает работу, потом те, кому её передают, база последней. */
  async stop(): Promise<void> {
    // Сосед неудачника мог ещё подниматься: сперва дожидаемся, чем кончится его попытка.
    this.#abandon.abort();
    await Promise.all(this.#starting);
    await this.#stopAll(['ingester', 'query']);
    await this.#stopAll(['se-edit', 'se-rw', 'admin']);
    await this.#postgres?.stop();
    this.#state = 'stopped';
    await this.#save();
  }

  async #stopAll(names: readonly PartName[]): Promise<void> {
    await Promise.all(names.map(async (name) => this.#supervised.get(name)?.stop()));
  }

  #noteStart(name: PartName): (pid: number) => void {
    return (pid) => {
      this.#pids.set(name, pid);
      void this.#save();
    };
  }

  #listEntries(): PartEntry[] {
    return [...this.#pids].flatMap(([name, pid]) => {
      const mark = markProcess(pid);
      return mark === undefined ? [] : [{ name, pid, start_ticks: mark.startTicks }];
    });
  }

  /** Записи идут по одной; неудача (место кончилось) не останавливает работающий стенд. */
  #save(): Promise<void> {
    const write = async () => {
      if (this.#described !== undefined) await writeStandFile(this.room.layout, this.file());
    };
    this.#writing = this.#writing.then(write).catch(() => undefined);
    return this.#writing;
  }
}

interface Composition {
  readonly plan: Plan;
  readonly parts: Parts;
  readonly databaseUrls: DatabaseUrls;
  readonly state: StandFile['state'];
  readonly layout: HomeLayout;
  readonly entries: readonly PartEntry[];
}

function composeFile({ plan, parts, databaseUrls, state, layout, entries }: Composition): StandFile {
  const elementUrl = (name: string) => parts.elements.find((element) => element.name === name)?.url ?? '';
  return {
    state,
    pid: process.pid,
    updated_at: new Date().toISOString(),
    urls: {
      admin: parts.admin.url,
      ingester: parts.ingester.url,
      query: parts.query.url,
      elements: { 'se-edit': elementUrl('se-edit'), 'se-rw': elementUrl('se-rw') },
    },
    ca_file: layout.caFile,
    admin: { username: ADMIN_USERNAME, password: plan.secrets.admin_password },
    service_account: { name: 'demo', ...plan.secrets.accounts.demo, scopes: ACCOUNT_SCOPES.demo },
    database_url: databaseUrls.owner,
    logs: layout.logs,
    parts: state === 'stopped' ? [] : entries,
  };
}
