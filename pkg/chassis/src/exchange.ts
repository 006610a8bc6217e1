// Один запрос и его ответ: начало, конец, признак ушедшего клиента. Всё, что нужно не каждому запросу, создаётся по требованию.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Language, Principal } from '@artstore/contracts';
import { pickLanguage } from './pick-language.ts';
import type { Parameters } from './read-parameters.ts';

/** Так помечаются в метриках запросы, чей клиент ушёл раньше ответа (привычный код nginx). */
const STATUS_CLIENT_GONE = 499;

/** То, что выяснено до первого байта тела и нужно после него. */
export interface Admitted {
  readonly principal: Principal | undefined;
  readonly parameters: Parameters;
  readonly contentType: string;
}

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Запоминается сразу: у уничтоженного запроса Node сокет отбирает. */
  readonly socket: Socket;
  readonly id: string;
  readonly language: Language;
  readonly startedMs: number;
  /** Образец пути из контракта; до привязки запрос не принадлежит ни одной операции. */
  route = 'unmatched';
  /** Кто звонит, как только это известно: и тот, кому откажут. */
  caller: Principal | undefined;
  admitted: Admitted | undefined;
  closed = false;
  /** Начало окна, за которое считается скорость тела, и сколько байт сокет прочёл к этому мигу. */
  windowStartedMs: number;
  windowBytesRead: number;
  #controller: AbortController | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, id: string) {
    this.request = request;
    this.response = response;
    this.socket = request.socket;
    this.id = id;
    this.language = pickLanguage(request.headers['accept-language']);
    this.startedMs = performance.now();
    this.windowStartedMs = this.startedMs;
    this.windowBytesRead = this.socket.bytesRead;
  }

  /** Клиент ушёл, не дождавшись конца ответа. */
  get abandoned(): boolean {
    return (this.closed || this.socket.destroyed) && !this.response.writableFinished;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.abandoned) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get status(): number {
    return this.abandoned && !this.response.headersSent ? STATUS_CLIENT_GONE : this.response.statusCode;
  }

  close(): void {
    this.closed = true;
    if (this.abandoned) this.#controller?.abort();
  }
}

/** Есть ли у запроса тело (RFC 9112, 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
