// Страница документации /docs: Swagger UI из своих файлов, без чужих адресов и встроенных сценариев.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { ContractDocument } from './contract-document.ts';
import { DOCS_POLICY } from './security-headers.ts';

/** Из пакета отдаётся только то, что страница спрашивает. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const HEADERS = { 'content-security-policy': DOCS_POLICY, 'cache-control': 'no-cache' };

export async function serveDocs(app: FastifyInstance, contract: ContractDocument): Promise<void> {
  const root = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js')));
  await app.register(fastifyStatic, { root, serve: false, cacheControl: false });

  const page = readPage('index.html').replace('{{title}}', () => escapeHtml(contract.title));
  const script = readPage('open-docs.mjs');
  app.get('/docs', async (request, reply) => {
    request.exchange.route = '/docs';
    return reply.headers(HEADERS).type('text/html; charset=utf-8').send(page);
  });
  app.get('/docs/', async (request, reply) => {
    request.exchange.route = '/docs';
    return reply.redirect('/docs', 308);
  });
  app.get('/docs/open-docs.mjs', async (request, reply) => {
    request.exchange.route = '/docs';
    return reply.headers(HEADERS).type('text/javascript; charset=utf-8').send(script);
  });
  app.get('/docs/openapi.json', async (request, reply) => {
    request.exchange.route = '/docs/openapi.json';
    return reply.headers(HEADERS).type('application/json; charset=utf-8').send(contract.text);
  });
  for (const name of ASSETS) {
    app.get(`/docs/${name}`, async (request, reply) => {
      request.exchange.route = '/docs';
      return reply.headers(HEADERS).sendFile(name);
    });
  }
}

function readPage(name: string): string {
  return readFileSync(new URL(`../docs-page/${name}`, import.meta.url), 'utf8');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
