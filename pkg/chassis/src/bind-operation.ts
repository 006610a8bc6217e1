// Одна операция контракта → маршрут Fastify. Порядок: доступ и заголовки до первого байта тела, потом тело, потом обработчик.
import { ArtError, type Principal, permits } from '@artstore/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { compileBodyPlan } from './body-plan.ts';
import type { RefusedCall } from './app-options.ts';
import { BoundCall, type UntypedCall } from './bound-call.ts';
import { compileAnswerCheck } from './check-answer.ts';
import { compileSecurity } from './compile-security.ts';
import type { ContractOperation } from './contract-document.ts';
import type { Logger } from './create-logger.ts';
import { type RequestLimit, remoteAddressOf } from './limit-request-rate.ts';
import { toArtError } from './error-reply.ts';
import { type Values, compileParameterReader } from './read-parameters.ts';
import type { SchemaCompiler } from './schema-compiler.ts';
import { type UntypedAnswer, sendAnswer } from './send-answer.ts';

export type UntypedHandler = (call: UntypedCall) => Promise<UntypedAnswer>;

export interface BindContext {
  readonly app: FastifyInstance;
  readonly compiler: SchemaCompiler;
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>;
  readonly log: Logger;
  readonly refused: ((call: RefusedCall) => Promise<void>) | undefined;
  readonly jsonBytesMax: number;
  readonly checkAnswers: boolean;
  /** Предел запросов этой операции с одного адреса. */
  readonly limit: RequestLimit | undefined;
}

const INSUFFICIENT_SCOPE = { 'www-authenticate': 'Bearer realm="artstore", error="insufficient_scope"' };

export function bindOperation(context: BindContext, operation: ContractOperation, handler: UntypedHandler): void {
  const { app, compiler, authenticate, log, limit, jsonBytesMax: bytesMax } = context;
  const { path: route } = operation;
  const security = compileSecurity(operation);
  const readParameters = compileParameterReader(operation, compiler);
  const bodyPlan = compileBodyPlan(operation, compiler);
  const answerTypes = onlyTypes(operation);
  const checkAnswer = context.checkAnswers ? compileAnswerCheck(operation, compiler) : undefined;

  /** Отказ отсюда приходит раньше, чем прочитан первый байт тела. */
  async function admit(request: FastifyRequest): Promise<void> {
    const { exchange, raw } = request;
    const { language } = exchange;
    exchange.route = route;
    limit?.(request);
    const principal = security.length === 0 ? undefined : await authenticate(raw.headers.authorization);
    exchange.caller = principal;
    if (principal !== undefined && !permits(principal, security)) {
      throw new ArtError('FORBIDDEN', { headers: INSUFFICIENT_SCOPE });
    }
    const [path, query] = [asValues(request.params), asValues(request.query)];
    const parameters = readParameters({ path, query, header: raw.headers, language });
    exchange.admitted = { principal, parameters, contentType: bodyPlan.admit(raw, language) };
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { exchange, raw } = request;
    const { admitted, language } = exchange;
    if (admitted === undefined) throw new Error('обработчик вызван раньше проверки доступа');
    const body = await bodyPlan.read({ request: raw, contentType: admitted.contentType, language, bytesMax });
    const answer = await handler(
      new BoundCall({ admitted, exchange, body, remoteAddress: remoteAddressOf(request), log }),
    );
    checkAnswer?.(answer);
    return sendAnswer(reply, answer, answerTypes.get(answer.status));
  }

  app.route({
    method: operation.method.toUpperCase(),
    url: route.replaceAll(/\{([^}]+)\}/g, ':$1'),
    onRequest: noteRefusal(context, operation, admit),
    handler: noteRefusal(context, operation, serve),
  });
}

type Step<T> = (request: FastifyRequest, reply: FastifyReply) => Promise<T>;

/** Шаг, о неудаче которого сперва узнаёт `refused`: кто, что и почему. Неопознанные не в счёт. */
function noteRefusal<T>({ refused }: BindContext, { operationId }: ContractOperation, step: Step<T>): Step<T> {
  if (refused === undefined) return step;
  return async (request, reply) => {
    try {
      return await step(request, reply);
    } catch (error) {
      const { caller: principal, id: requestId } = request.exchange;
      if (principal !== undefined) {
        const { code } = toArtError(error);
        const params = asValues(request.params);
        await refused({ operationId, principal, code, params, remoteAddress: remoteAddressOf(request), requestId });
      }
      throw error;
    }
  };
}

/** Статус → тип содержимого ответа, если контракт называет ровно один. */
function onlyTypes({ answers }: ContractOperation): ReadonlyMap<number, string> {
  const types = new Map<number, string>();
  for (const [status, content] of answers) {
    const [type, ...others] = content.keys();
    if (type !== undefined && others.length === 0 && !type.includes('*')) types.set(status, type);
  }
  return types;
}

function asValues(value: unknown): Values {
  return isValues(value) ? value : {};
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null;
}
