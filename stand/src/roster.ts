// Список живых частей стенда: кого подняли, в каком порядке останавливать, что написать в stand.json.
import { ensureDatabase, markProcess } from '@artstore/postgres';
import type { HomeLayout } from './home-layout.ts';
import type { Messages } from './messages.ts';
import { ADMIN_USERNAME, describeParts, type ModulePart, type PartName, type Parts } from './parts.ts';
import { ACCOUNT_SCOPES, type Secrets } from './secrets.ts';
import { type PartEntry, type StandFile, writeStandFile } from './stand-file.ts';
import { type Supervised, supervisePart } from './supervise-part.ts';
import { type SupervisedPostgres, supervisePostgres } from './supervise-postgres.ts';

const DATABASE = 'artstore';

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

export interface Roster {
  readonly room: RosterRoom;
  startPostgres(): Promise<SupervisedPostgres>;
  /** Заводит базу ArtStore и описывает остальные части. */
  describe(plan: Plan): Promise<Parts>;
  startPart(part: ModulePart): Promise<void>;
  markReady(): Promise<void>;
  file(): StandFile;
  pid(name: PartName): number | undefined;
  kill(name: PartName, signal?: NodeJS.Signals): void;
  whenReady(name: PartName): Promise<void>;
  stop(): Promise<void>;
}

export function openRoster(room: RosterRoom): Roster {
  const { layout, messages, say } = room;
  const supervised = new Map<PartName, Supervised>();
  const starting = new Set<Promise<unknown>>();
  const abandon = new AbortController();
  const signal = AbortSignal.any([room.signal, abandon.signal]);
  let postgres: SupervisedPostgres | undefined;
  let described: { plan: Plan; parts: Parts; databaseUrl: string } | undefined;
  let state: StandFile['state'] = 'starting';
  let writing: Promise<void> = Promise.resolve();

  function file(): StandFile {
    if (described === undefined) throw new Error('стенд ещё не описан');
    return composeFile({ ...described, state, layout, entries: listEntries() });
  }

  function listEntries(): PartEntry[] {
    const pids: [PartName, number | undefined][] = [...supervised].map(([name, part]) => [name, part.pid()]);
    return [['postgres', postgres?.pid()] as const, ...pids].flatMap(([name, pid]) => {
      const mark = pid === undefined ? undefined : markProcess(pid);
      return mark === undefined ? [] : [{ name, pid: mark.pid, start_ticks: mark.startTicks }];
    });
  }

  /** Записи идут по одной; неудача (место кончилось) не останавливает работающий стенд. */
  function save(): Promise<void> {
    writing = writing.then(async () => {
      if (described !== undefined) await writeStandFile(layout, file());
    });
    writing = writing.catch(() => undefined);
    return writing;
  }

  function find(name: PartName): Supervised | SupervisedPostgres {
    const part = name === 'postgres' ? postgres : supervised.get(name);
    if (part === undefined) throw new Error(`части ${name} нет`);
    return part;
  }

  return {
    room,
    async startPostgres() {
      postgres = await supervisePostgres({ directory: layout.postgres, messages, say, onChange: () => void save() }, signal);
      return postgres;
    },
    async describe(plan) {
      if (postgres === undefined) throw new Error('база ещё не поднята');
      const databaseUrl = await ensureDatabase(postgres.url, { database: DATABASE, role: DATABASE, password: plan.secrets.database_password });
      const parts = describeParts({ layout, secrets: plan.secrets, portShift: plan.portShift, databaseUrl });
      described = { plan, parts, databaseUrl };
      await save();
      return parts;
    },
    async startPart(part) {
      signal.throwIfAborted();
      const ca = described?.plan.ca ?? '';
      const attempt = supervisePart(part, { ca, messages, say, logFile: layout.log(part.name), env: room.env, onChange: () => void save() }, signal);
      const settled = attempt.then(
        (started) => void supervised.set(part.name, started),
        () => undefined,
      );
      starting.add(settled);
      await attempt;
      await settled;
      await save();
    },
    async markReady() {
      signal.throwIfAborted();
      state = 'ready';
      await save();
    },
    file,
    pid: (name) => find(name).pid(),
    kill: (name, killSignal = 'SIGKILL') => find(name).kill(killSignal),
    whenReady: (name) => find(name).whenReady(),
    async stop() {
      // Сосед неудачника мог ещё подниматься: сперва дожидаемся, чем кончится его попытка.
      abandon.abort();
      await Promise.all(starting);
      // Сначала те, кто принимает работу, потом те, кому её передают, база последней.
      await Promise.all((['ingester', 'query'] as const).map((name) => supervised.get(name)?.stop()));
      await Promise.all((['se-edit', 'se-rw', 'admin'] as const).map((name) => supervised.get(name)?.stop()));
      await postgres?.stop();
      state = 'stopped';
      await save();
    },
  };
}

interface Composition {
  readonly plan: Plan;
  readonly parts: Parts;
  readonly databaseUrl: string;
  readonly state: StandFile['state'];
  readonly layout: HomeLayout;
  readonly entries: readonly PartEntry[];
}

function composeFile({ plan, parts, databaseUrl, state, layout, entries }: Composition): StandFile {
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
    database_url: databaseUrl,
    logs: layout.logs,
    parts: state === 'stopped' ? [] : entries,
  };
}
