// Состояние поднятого приложения, общее для create-app и run: запросы под рукой и признак закрытия.
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Exchange } from './exchange.ts';

export interface AppState {
  /** Последний начатый запрос каждого соединения; записей не больше, чем соединений. */
  readonly exchanges: Map<Socket, Exchange>;
  /** Все соединения, в том числе не закончившие рукопожатие TLS: о таких HTTP-сервер ещё не знает. */
  readonly sockets: Set<Socket>;
  /** Закрываемся: готовность отвечает fail, соединения после ответа не держатся. */
  draining: boolean;
}

const states = new WeakMap<FastifyInstance, AppState>();

export function createState(): AppState {
  return { exchanges: new Map(), sockets: new Set(), draining: false };
}

export function keepState(app: FastifyInstance, state: AppState): void {
  states.set(app, state);
}

/** undefined — приложение собрано не createApp. */
export function stateOf(app: FastifyInstance): AppState | undefined {
  return states.get(app);
}
