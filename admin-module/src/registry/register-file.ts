// Запись файла в реестр. Под нагрузкой всё, что ждёт, уходит одним запросом: малые загрузки не упираются
// в скорость фиксации по одной. Обещание: ответ дан только после фиксации, повтор безопасен.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAuditBatch } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { checkFileText } from './check-file-text.ts';
import { isDataFault } from './is-data-fault.ts';
import { type RegisteredFile, type Registration, type RegistrationOutcome, registerFiles } from './files-table.ts';

const BATCH_MAX = 500;
/** Столько пачек пишется разом: пока одна ждёт диска, другую разбирает второе ядро базы. */
const WRITING_MAX = 2;
/** Меньшему числу ждущих отдельная фиксация не окупится: пусть копятся, пока пишется первая пачка. */
const WORTH_WRITING = 16;
/** Больше ждущих — знак, что база не успевает: лучше отказать, чем копить. */
const WAITING_MAX = 20_000;

export interface RegisterFile {
  (registration: Registration, actor: Actor): Promise<{ created: boolean; file: RegisteredFile }>;
}

interface Waiting {
  readonly registration: Registration;
  readonly actor: Actor;
  readonly resolve: (outcome: RegistrationOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export function createRegisterFile(database: Database): RegisterFile {
  const waiting: Waiting[] = [];
  let writing = 0;

  /** Пишет, пока есть кому ждать; второй писарь не держится за хвост короче своей цены. */
  async function write(): Promise<void> {
    try {
      while (waiting.length >= (writing > 1 ? WORTH_WRITING : 1)) await writeBatch(database, takeBatch(waiting));
    } finally {
      writing -= 1;
    }
  }

  return async (registration, actor) => {
    checkFileText(registration.file);
    if (waiting.length >= WAITING_MAX) throw new ArtError('NOT_READY', { retryAfterSeconds: 1 });
    const outcome = await new Promise<RegistrationOutcome>((resolve, reject) => {
      waiting.push({ registration, actor, resolve, reject });
      // Начать на следующем шаге цикла событий: запросы, пришедшие в одном, попадут в одну пачку.
      if (writing < WRITING_MAX && waiting.length >= (writing === 0 ? 1 : WORTH_WRITING)) {
        writing += 1;
        setImmediate(() => void write());
      }
    });
    return judge(registration, outcome);
  };
}

/** Берёт ждущих по порядку; второй запрос о том же файле остаётся следующей пачке. */
function takeBatch(waiting: Waiting[]): Waiting[] {
  const ids = new Set<string>();
  const batch: Waiting[] = [];
  const later: Waiting[] = [];
  for (const item of waiting.splice(0, BATCH_MAX)) {
    const id = item.registration.file.file_id;
    (ids.has(id) ? later : batch).push(item);
    ids.add(id);
  }
  waiting.unshift(...later);
  return batch;
}

/** Пишет пачку; если база отвергла данные, пишет по одной, чтобы за негодную не ответили соседние. */
async function writeBatch(database: Database, batch: readonly Waiting[]): Promise<void> {
  try {
    const outcomes = await database.transaction(async (db) => {
      const written = await registerFiles(
        db,
        batch.map((item) => item.registration),
      );
      const fresh = batch.filter((item) => written.get(item.registration.file.file_id)?.inserted === true);
      await recordAuditBatch(
        db,
        fresh.map(({ actor, registration }) => ({
          actor,
          action: 'file_registered',
          objectType: 'file',
          objectId: registration.file.file_id,
          after: { storage_element_id: registration.storageElementId, size: registration.file.size },
        })),
      );
      return written;
    });
    for (const item of batch)
      item.resolve(outcomes.get(item.registration.file.file_id) ?? { row: undefined, inserted: false });
  } catch (error) {
    if (batch.length > 1 && isDataFault(error)) {
      for (const item of batch) await writeBatch(database, [item]);
      return;
    }
    const told = isDataFault(error) ? new ArtError('VALIDATION_ERROR', { cause: error }) : error;
    for (const item of batch) item.reject(told);
  }
}

function judge(
  { storageElementId, file }: Registration,
  { row, inserted }: RegistrationOutcome,
): { created: boolean; file: RegisteredFile } {
  if (row === undefined) {
    throw new ArtError('NOT_FOUND', {
      storageId: storageElementId,
      explain: { ru: 'Такой элемент хранения не подключён.', en: 'This storage element is not registered.' },
    });
  }
  if (row.checksum !== file.checksum) {
    throw new ArtError('CONFLICT', {
      fileId: file.file_id,
      explain: {
        ru: 'Под этим идентификатором записан файл с другим содержимым.',
        en: 'A file with other content is registered under this id.',
      },
    });
  }
  return { created: inserted, file: row };
}
