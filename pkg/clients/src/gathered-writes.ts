// Тело запроса крупными записями. Источник отдаёт порции по 64 КиБ, а запись стоит почти одинаково при любой величине:
// шифрование, вызов системы и обещание на каждую мелкую порцию обходились втрое дороже самих байтов.
//
// Порции копируются в два своих буфера: один наполняется, другой отдаётся; в буфер пишут снова, только когда его отдали.
// Обрамление chunked (RFC 9112, 7.1) ложится в тот же буфер: записи из трёх кусков TLS складывает в новую память целиком.
import type { ClientRequest } from 'node:http';

export interface GatherOptions {
  readonly request: ClientRequest;
  /** По сколько байт собирать следующую запись: при многих передачах меньше, чтобы память не росла. */
  readonly portionBytes: () => number;
  /** Порции источника больше никому не нужны: их память освобождается сразу, не дожидаясь сборки мусора. */
  readonly ownsChunks: boolean;
  /** Оба буфера заняты: сосед не берёт. */
  readonly onFull: () => void;
  /** Снова есть куда складывать. */
  readonly onFree: () => void;
}

const BUFFERS_MAX = 2;
/** Недобранная запись уходит через это время: у медленного источника байты не залёживаются. */
const GATHER_MS = 100;
/** Длина порции шестнадцатеричным числом и перевод строки. */
const HEAD_BYTES = 10;
const CRLF = '\r\n';

export class GatheredWrites {
  readonly #o: GatherOptions;
  readonly #chunked: boolean;
  readonly #waiting: Uint8Array[] = [];
  /** Сколько байт первой ждущей порции уже скопировано. */
  #copied = 0;
  #current: Buffer | undefined;
  #filled = 0;
  #spare: Buffer | undefined;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** Заголовки запроса уже отправлены. */
  constructor(o: GatherOptions) {
    this.#o = o;
    this.#chunked = o.request.chunkedEncoding;
    // Обрамляем сами.
    o.request.chunkedEncoding = false;
  }

  add(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#gather();
  }

  /** Источник кончился сам: уходит остаток, за ним конец тела. */
  end(): void {
    this.#over = true;
    this.#gather();
  }

  /** Обрыв: больше ничего не уйдёт. После end() не действует: остаток уже обещан. */
  stop(): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.#filled = 0;
  }

  #gather(): void {
    for (let chunk = this.#waiting[0]; chunk !== undefined; chunk = this.#waiting[0]) {
      const buffer = (this.#current ??= this.#take());
      if (buffer === undefined) return this.#o.onFull();
      const room = capacity(buffer) - this.#filled;
      const part = chunk.subarray(this.#copied, this.#copied + room);
      if (this.#filled === 0) this.#timer = setTimeout(() => this.#send(), GATHER_MS);
      buffer.set(part, HEAD_BYTES + this.#filled);
      this.#filled += part.length;
      this.#copied += part.length;
      if (this.#copied === chunk.length) {
        this.#waiting.shift();
        this.#copied = 0;
        if (this.#o.ownsChunks) release(chunk);
      }
      if (part.length === room) this.#send();
    }
    if (this.#over) this.#finish();
  }

  #take(): Buffer | undefined {
    if (this.#inFlight === BUFFERS_MAX) return undefined;
    const bytes = this.#o.portionBytes();
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && capacity(spare) === bytes) return spare;
    return Buffer.allocUnsafeSlow(HEAD_BYTES + bytes + CRLF.length);
  }

  #send(): void {
    const buffer = this.#current;
    if (buffer === undefined || this.#filled === 0) return;
    clearTimeout(this.#timer);
    const framed = this.#chunked ? frame(buffer, this.#filled) : buffer.subarray(HEAD_BYTES, HEAD_BYTES + this.#filled);
    this.#current = undefined;
    this.#filled = 0;
    this.#inFlight += 1;
    this.#o.request.write(framed, () => this.#sent(buffer));
  }

  #sent(buffer: Buffer): void {
    const wasFull = this.#waiting.length > 0;
    this.#inFlight -= 1;
    this.#spare = buffer;
    if (!wasFull) return;
    this.#gather();
    if (this.#waiting.length === 0 && !this.#over) this.#o.onFree();
  }

  #finish(): void {
    this.#send();
    if (this.#chunked) this.#o.request.write(`0${CRLF}${CRLF}`);
    this.#o.request.end();
  }
}

/** Сколько байт тела помещается в буфер. */
function capacity(buffer: Buffer): number {
  return buffer.length - HEAD_BYTES - CRLF.length;
}

/** Ставит длину прямо перед байтами и перевод строки за ними. */
function frame(buffer: Buffer, bytes: number): Buffer {
  const head = bytes.toString(16) + CRLF;
  const start = HEAD_BYTES - head.length;
  buffer.write(head, start, 'latin1');
  buffer.write(CRLF, HEAD_BYTES + bytes, 'latin1');
  return buffer.subarray(start, HEAD_BYTES + bytes + CRLF.length);
}

/**
 * Отдаёт память сразу. Иначе её вернёт только сборка мусора, а внешнюю память Node меряет строго: на каждые 64 МиБ
 * он метил бы всю кучу. Память, которую делят с другими, не трогается.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
