// Типы операций: что получает и что отвечает обработчик, выведено из контракта (`operations` openapi-typescript).
// Здесь только типы; во время работы их держит bind-operations.ts.
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Language, Principal } from '@artstore/contracts';
import type { Logger } from './create-logger.ts';

/** Операции здоровья и метрик: их обработчики даёт само шасси. */
export type HealthOperation = 'getLiveness' | 'getReadiness' | 'getMetrics';

/** Вызов операции: уже проверенный запрос и всё, что нужно обработчику. */
export interface Call<Op> {
  readonly params: ParametersAt<Op, 'path'>;
  readonly query: ParametersAt<Op, 'query'>;
  /** Только объявленные в контракте заголовки; имена строчными буквами. */
  readonly headers: LowerCaseKeys<ParametersAt<Op, 'header'>>;
  /** Разобранное тело (JSON или форма); для остальных типов содержимого — сам поток запроса. */
  readonly body: RequestBody<Op>;
  /** Тип содержимого запроса без параметров, строчными буквами; пусто, если тела нет. */
  readonly contentType: string;
  /** Кто спрашивает. У открытой операции (`security: []`) его нет, обращение — ошибка в коде. */
  readonly principal: Principal;
  readonly language: Language;
  readonly requestId: string;
  /** Журнал, в котором у каждой записи стоит requestId. */
  readonly log: Logger;
  /** Срабатывает, когда клиент ушёл, не дождавшись конца ответа. */
  readonly signal: AbortSignal;
  readonly raw: IncomingMessage;
  readonly remoteAddress: string;
}

/** Ответ операции: статус из контракта и тело, положенное этому статусу. */
export type Answer<Op> = Op extends { responses: infer R }
  ? {
      [S in keyof R & number]: { readonly status: S; readonly headers?: Readonly<Record<string, string>> } & AnswerBody<
        R[S]
      >;
    }[keyof R & number]
  : never;

export type Handler<Op> = (call: Call<Op>) => Promise<Answer<Op>>;

/** По обработчику на каждую операцию контракта, кроме здоровья и метрик. */
export type Operations<Ops> = { readonly [K in Exclude<keyof Ops, HealthOperation>]: Handler<Ops[K]> };

type ParametersAt<Op, Where extends string> = Op extends { parameters: infer P }
  ? Where extends keyof P
    ? [Exclude<P[Where], undefined>] extends [never]
      ? EmptyObject
      : Readonly<Exclude<P[Where], undefined>>
    : EmptyObject
  : EmptyObject;

type EmptyObject = Readonly<Record<never, never>>;

type LowerCaseKeys<T> = { readonly [K in keyof T as K extends string ? Lowercase<K> : K]: T[K] };

type RequestBody<Op> = Op extends { requestBody: { content: infer C } }
  ? ParsedContent<C>
  : Op extends { requestBody?: infer B }
    ? [Exclude<B, undefined>] extends [never]
      ? undefined
      : Exclude<B, undefined> extends { content: infer C }
        ? ParsedContent<C> | undefined
        : undefined
    : undefined;

type ParsedContent<C> = { [M in keyof C]: M extends ParsedMediaType ? C[M] : IncomingMessage }[keyof C];

type JsonMediaType = 'application/json' | `application/${string}+json`;
type ParsedMediaType = JsonMediaType | 'application/x-www-form-urlencoded';

type AnswerBody<R> = R extends { content: infer C }
  ? { readonly body: AnswerContent<C> }
  : { readonly body?: undefined };

type AnswerContent<C> = {
  [M in keyof C]: M extends JsonMediaType
    ? DeepReadonly<C[M]>
    : M extends `text/${string}`
      ? string | Readable
      : string | Uint8Array | Readable;
}[keyof C];

/** Обработчик вправе отдать и неизменяемые массивы: ответ никто не меняет. */
type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
