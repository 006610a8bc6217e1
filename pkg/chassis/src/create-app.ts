// Приложение модуля: собирает Fastify из контракта и обработчиков.
import type { FastifyInstance } from 'fastify';
import type { AppOptions } from './app-options.ts';

export async function createApp<Ops>(_options: AppOptions<Ops>): Promise<FastifyInstance> {
  throw new Error('сборка приложения появится следующим шагом');
}
