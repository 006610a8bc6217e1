// Приложение модуля: Fastify, собранный из контракта и обработчиков. Здесь только порядок; каждое правило — в своём файле.
import { ArtError } from '@artstore/contracts';
import fastify, { type FastifyInstance } from 'fastify';
import type { AppOptions, Limits } from './app-options.ts';
import { type AppState, createState, keepState } from './app-state.ts';
import { bindOperation } from './bind-operation.ts';
import { type ContractDocument, readContract } from './contract-document.ts';
import { replyWithError } from './error-reply.ts';
import { healthOperations } from './health-operations.ts';
import { addressLimit, limitRequestRate } from './limit-request-rate.ts';
import { matchOperations } from './match-operations.ts';
import { exchangeOpener } from './open-exchange.ts';
import { openServer } from './open-server.ts';
import { pickRequestId } from './pick-request-id.ts';
import { createSchemaCompiler } from './schema-compiler.ts';
import { apiHeaders } from './security-headers.ts';
import { serveDocs } from './serve-docs.ts';

/** UUID, имя или ключ; длиннее не бывает ни одного параметра пути. */
const PATH_PARAMETER_CHARS_MAX = 256;

const NO_SUCH_ADDRESS = {
  ru: 'Такого адреса здесь нет; описание API — /docs.',
  en: 'There is nothing at this address; the API is described at /docs.',
};

const DEFAULT_LIMITS: Limits = {
  headerBytesMax: 16 * 1024,
  jsonBytesMax: 1024 * 1024,
  headersTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  minBytesPerSecond: 1024,
  rateWindowMs: 30_000,
  connectionsMax: 10_000,
  requestsPerMinutePerAddress: 0,
};

/**
 * Собирает приложение, готовое слушать. Бросает ContractMismatch, если контракт и обработчики разошлись.
 * Порядок важен: счёт запросов стоит раньше опознания, опознание — раньше тела.
 */
export async function createApp<Ops>(options: AppOptions<Ops>): Promise<FastifyInstance> {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const contract = readContract(options.contract);
  const state = createState();
  const app = openFastify(options, limits, state);
  keepState(app, state);
  limitRequestRate(app, limits.requestsPerMinutePerAddress);
  bindContract(app, { options, limits, state, contract });
  await serveDocs(app, contract);
  await app.ready();
  return app;
}

/** Fastify с началом запроса, единой формой ошибок и телом, которое никто не разбирает раньше привязки. */
function openFastify<Ops>(options: AppOptions<Ops>, limits: Limits, state: AppState): FastifyInstance {
  const { log, metrics, tls } = options;
  const open = exchangeOpener({ metrics, log, state, headers: apiHeaders(tls !== undefined) });
  const app = fastify({
    logger: false,
    genReqId: ({ headers }) => pickRequestId(headers['x-request-id']),
    exposeHeadRoutes: false,
    return503OnClosing: false,
    trustProxy: (options.trustedProxies ?? []).length === 0 ? false : [...(options.trustedProxies ?? [])],
    routerOptions: { maxParamLength: PATH_PARAMETER_CHARS_MAX },
    serverFactory: (listener) => openServer(listener, { limits, state, log, tls }),
    // На ошибки соединений отвечает openServer, в том числе на втором сервере имени localhost.
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, request, reply) => {
      open(request, reply);
      replyWithError(error, request, reply, log);
    },
  });
  app.decorateRequest('exchange');
  app.addHook('onRequest', (request, reply, done) => {
    open(request, reply);
    done();
  });
  app.setErrorHandler((error, request, reply) => replyWithError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) =>
    replyWithError(new ArtError('NOT_FOUND', { explain: NO_SUCH_ADDRESS }), request, reply, log),
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  return app;
}

interface Binding<Ops> {
  readonly options: AppOptions<Ops>;
  readonly limits: Limits;
  readonly state: AppState;
  readonly contract: ContractDocument;
}

function bindContract<Ops>(app: FastifyInstance, { options, limits, state, contract }: Binding<Ops>): void {
  const { authenticate, log } = options;
  const handlers = new Map<string, unknown>([
    ...Object.entries(options.operations),
    ...Object.entries(healthOperations({ ...options, state })),
  ]);
  const compiler = createSchemaCompiler(contract);
  const { jsonBytesMax } = limits;
  const checkAnswers = options.checkAnswers === true;
  const context = { app, compiler, authenticate, log, refused: options.refused, jsonBytesMax, checkAnswers };
  const perOperation = new Map<string, unknown>(Object.entries(options.operationLimits ?? {}));
  for (const { operation, handler } of matchOperations(contract, handlers)) {
    const perMinute = perOperation.get(operation.operationId);
    const limit = typeof perMinute === 'number' ? addressLimit(perMinute) : undefined;
    bindOperation({ ...context, limit }, operation, handler);
  }
}
