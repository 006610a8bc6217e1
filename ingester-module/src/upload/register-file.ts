// Запись сохранённого файла в реестр: несколько попыток, потом «ещё не записан». Уход клиента её
// не прерывает: байты уже сохранены, и реестр должен о них узнать.

import { setTimeout as sleep } from 'node:timers/promises';
import { isArtError } from '@artstore/contracts';
import type { AdminClient, ElementFile, FileMetadata, StorageElement } from '@artstore/clients';

export interface Registered {
  readonly file: FileMetadata;
  readonly registration: 'done' | 'pending';
}

export type RegisterFile = (element: StorageElement, file: ElementFile) => Promise<Registered>;

export interface RegisterFileSetup {
  readonly admin: Pick<AdminClient, 'registerFile'>;
  /** Сколько всего времени отдать попыткам, мс. */
  readonly registerForMs: number;
  readonly log: { warn(record: object, message: string): void };
}

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 1_000;

export function createRegisterFile({ admin, registerForMs, log }: RegisterFileSetup): RegisterFile {
  return async (element, file) => {
    const { revision: _, ...metadata } = file;
    const deadline = AbortSignal.timeout(registerForMs);
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
      try {
        await admin.registerFile(element.id, file, deadline);
        return { file: metadata, registration: 'done' };
      } catch (err) {
        // Повтор лечит только недоступность; прочие отказы повторятся слово в слово.
        const hopeless = isArtError(err) && err.code !== 'ADMIN_UNAVAILABLE';
        if (hopeless || deadline.aborted || !(await paused(delayMs, deadline))) {
          log.warn(
            { event: 'registration_pending', fileId: file.file_id, err },
            'файл сохранён, запись в реестре отложена',
          );
          return { file: metadata, registration: 'pending' };
        }
      }
    }
  };
}

/** false — время вышло раньше, чем пора пробовать снова. */
async function paused(delayMs: number, deadline: AbortSignal): Promise<boolean> {
  try {
    await sleep(delayMs, undefined, { signal: deadline });
    return true;
  } catch {
    return false;
  }
}
