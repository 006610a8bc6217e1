// Тело скачивания, которое не врёт. Обещание: клиент получает ровно обещанные байты или обрыв соединения,
// но никогда — целый с виду ответ с чужим или неполным содержимым.
//
// Порядок важен. Последняя порция задерживается, пока не сверены длина и сумма: отдай мы её раньше, клиент набрал бы
// Content-Length и счёл бы ответ законченным, а об ошибке узнать ему было бы уже неоткуда.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface VerifiedBodyOptions {
  readonly body: Readable;
  /** Сколько байт обещано клиенту. */
  readonly length: number;
  /** SHA-256 этих байт, если отдаётся файл целиком. */
  readonly sha256?: string | undefined;
  /** Открывает продолжение с данного места обещанного участка. */
  readonly reopen: (sent: number) => Promise<Readable>;
  readonly signal: AbortSignal;
  readonly onResume: (error: unknown, sent: number) => void;
}

/** Столько раз подряд, не получив ни байта, элемент спрашивают о продолжении. */
const FRUITLESS_TRIES_MAX = 4;
/** И столько раз за всё скачивание. */
const TRIES_MAX = 50;
const RETRY_FIRST_MS = 200;
const CHUNK_BYTES = 256 * 1024;

/** Содержимое не то, что записано в реестре: повтор не поможет. */
export class WrongBytesError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongBytesError';
  }
}

/**
 * Тело для клиента. Порции идут событиями, а не перебором: на гигабайт их десятки тысяч, и обещание на каждую стоило бы
 * дороже самого переноса.
 */
export function verifiedBody(options: VerifiedBodyOptions): Readable {
  const { length, sha256 } = options;
  const hash = sha256 === undefined ? undefined : createHash('sha256');
  const tries: Tries = { total: 0, fruitless: 0 };
  let source = options.body;
  let received = 0;

  const output = new Readable({
    highWaterMark: CHUNK_BYTES,
    read: () => void source.resume(),
    destroy(error, done) {
      source.destroy();
      done(error);
    },
  });

  /** Считает и сверяет порцию до того, как она уйдёт клиенту. */
  function accept(chunk: unknown): Buffer {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('поток содержимого обязан отдавать байты');
    received += chunk.length;
    tries.fruitless = 0;
    if (received > length) throw new WrongBytesError(`пришло больше обещанных ${length} байт`);
    hash?.update(chunk);
    if (received === length && hash !== undefined && hash.digest('hex') !== sha256) {
      throw new WrongBytesError('сумма содержимого не совпала с реестром');
    }
    return chunk;
  }

  function attach(body: Readable): void {
    source = body;
    let over = false;
    const finish = (error?: unknown): void => {
      if (over) return;
      over = true;
      body.destroy();
      void proceed(error);
    };
    body.on('data', (chunk: unknown) => {
      if (over) return;
      try {
        if (!output.push(accept(chunk))) body.pause();
      } catch (error) {
        finish(error);
      }
    });
    body.on('end', () => finish());
    // Ошибка может прийти и после конца: слушатель остаётся, иначе она уронила бы процесс.
    body.on('error', finish);
    body.on('close', () => finish(new Error('поток закрыт до конца')));
  }

  /** Тело кончилось, целым или нет: закончить ответ, продолжить с места обрыва или оборвать его. */
  async function proceed(error: unknown): Promise<void> {
    if (output.destroyed) return;
    // Длина набрана и сверена: обрыв после последнего байта клиенту уже безразличен.
    if (received === length && !(error instanceof WrongBytesError)) {
      output.push(null);
      return;
    }
    try {
      const reason = error ?? new Error(`тело кончилось на ${received} байте из ${length}`);
      const next = await resume(options, { error: reason, received, tries });
      if (output.destroyed) next.on('error', () => undefined).destroy();
      else attach(next);
    } catch (failure) {
      output.destroy(failure instanceof Error ? failure : new Error('продолжить не удалось', { cause: failure }));
    }
  }

  attach(options.body);
  return output;
}

interface Tries {
  total: number;
  fruitless: number;
}

interface Break {
  readonly error: unknown;
  readonly received: number;
  readonly tries: Tries;
}

/** Открывает продолжение; исчерпав попытки, бросает причину последнего обрыва. */
async function resume(options: VerifiedBodyOptions, { error, received, tries }: Break): Promise<Readable> {
  let reason = error;
  for (;;) {
    options.signal.throwIfAborted();
    tries.total += 1;
    tries.fruitless += 1;
    if (reason instanceof WrongBytesError || tries.fruitless > FRUITLESS_TRIES_MAX || tries.total > TRIES_MAX)
      throw reason;
    options.onResume(reason, received);
    await sleep(RETRY_FIRST_MS * 2 ** (tries.fruitless - 1), undefined, { signal: options.signal });
    try {
      return await options.reopen(received);
    } catch (failure) {
      reason = failure;
    }
  }
}
