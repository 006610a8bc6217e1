// Вызов операции, каким его видит обработчик. Журнал и сигнал создаются при первом обращении: нужны они не каждому.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { Language, Principal } from '@artstore/contracts';
import type { Logger } from './create-logger.ts';
import type { Admitted, Exchange } from './exchange.ts';
import type { Values } from './read-parameters.ts';

/** Вызов операции, чьи типы известны только контракту. */
export interface UntypedCall {
  readonly params: Values;
  readonly query: Values;
  readonly headers: Values;
  readonly body: unknown;
  readonly contentType: string;
  readonly principal: Principal;
  readonly language: Language;
  readonly requestId: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly raw: IncomingMessage;
  readonly remoteAddress: string;
}

export interface CallParts {
  readonly admitted: Admitted;
  readonly exchange: Exchange;
  readonly body: unknown;
  readonly remoteAddress: string;
  readonly log: Logger;
}

export class BoundCall implements UntypedCall {
  readonly params: Values;
  readonly query: Values;
  readonly headers: Values;
  readonly body: unknown;
  readonly contentType: string;
  readonly remoteAddress: string;
  readonly #principal: Principal | undefined;
  readonly #exchange: Exchange;
  readonly #processLog: Logger;
  #log: Logger | undefined;

  constructor({ admitted, exchange, body, remoteAddress, log }: CallParts) {
    this.params = admitted.parameters.params;
    this.query = admitted.parameters.query;
    this.headers = admitted.parameters.headers;
    this.body = body;
    this.contentType = admitted.contentType;
    this.remoteAddress = remoteAddress;
    this.#principal = admitted.principal;
    this.#exchange = exchange;
    this.#processLog = log;
  }

  get principal(): Principal {
    assert(this.#principal !== undefined, 'у открытой операции нет владельца токена');
    return this.#principal;
  }

  get language(): Language {
    return this.#exchange.language;
  }

  get requestId(): string {
    return this.#exchange.id;
  }

  get log(): Logger {
    this.#log ??= this.#processLog.child({ requestId: this.requestId });
    return this.#log;
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
  }

  get raw(): IncomingMessage {
    return this.#exchange.request;
  }
}
