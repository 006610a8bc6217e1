// Сеть между модулем управления и элементом, которая по просьбе рвётся, отвечает за элемент и подменяет его слова.
// Стоит посредником: модуль знает адрес посредника, а не элемента, и элемент может перезапуститься на другом порту.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { cleanUp } from './clean-up.ts';

/**
 * cut — обрыв до ответа, half — обрыв посреди ответа, 502 и 404 — слова посредника, не элемента;
 * forget — перечень и лента лгут, будто файла `fileId` нет.
 */
export type Trouble =
  | { readonly kind: 'none' | 'cut' | 'half' | '502' | '404' }
  | { readonly kind: 'forget'; readonly fileId: string };

export interface TroubledNetwork {
  readonly url: string;
  /** Адрес элемента. */
  target: string;
  trouble: Trouble;
}

export async function startTroubledNetwork(t: TestContext, target: string): Promise<TroubledNetwork> {
  const server = createServer((incoming, outgoing) => {
    const { trouble } = network;
    if (trouble.kind === 'cut') incoming.socket.destroy();
    else if (trouble.kind === '502' || trouble.kind === '404') {
      outgoing.writeHead(Number(trouble.kind), { 'content-type': 'text/html' }).end('<h1>nginx</h1>');
    } else passOn(new URL(incoming.url ?? '/', network.target), { incoming, outgoing, trouble });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(t, () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('порт не выдан');
  const network: TroubledNetwork = { url: `http://127.0.0.1:${address.port}`, target, trouble: { kind: 'none' } };
  return network;
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly trouble: Trouble;
}

function passOn(url: URL, { incoming, outgoing, trouble }: Exchange): void {
  const { method = 'GET', headers } = incoming;
  const passed = request(url, { method, headers, agent: false }, (reply) => {
    const parts: Buffer[] = [];
    reply.on('data', (part: Buffer) => parts.push(part));
    reply.once('error', () => outgoing.destroy());
    reply.once('end', () => {
      const said = Buffer.concat(parts);
      const told = trouble.kind === 'forget' && reply.statusCode === 200 ? forget(url, said, trouble.fileId) : said;
      const { 'transfer-encoding': _encoding, connection: _connection, ...rest } = reply.headers;
      const length = reply.statusCode === 204 ? {} : { 'content-length': String(told.length) };
      outgoing.writeHead(reply.statusCode ?? 502, { ...rest, ...length });
      if (trouble.kind !== 'half') outgoing.end(told);
      else outgoing.write(told.subarray(0, told.length / 2), () => outgoing.destroy());
    });
  });
  passed.once('error', () => outgoing.destroy());
  incoming.pipe(passed);
}

interface Said {
  items: { file_id: string; type?: string; revision: number }[];
  total?: number;
}

/** Складная ложь: перечень без файла и с убавленным итогом, лента с удалением вместо правки. */
function forget(url: URL, body: Buffer, fileId: string): Buffer {
  if (url.pathname !== '/api/v1/files' && url.pathname !== '/api/v1/changes') return body;
  const said = JSON.parse(body.toString()) as Said;
  if (!said.items.some((item) => item.file_id === fileId)) return body;
  if (url.pathname === '/api/v1/files') {
    said.items = said.items.filter((item) => item.file_id !== fileId);
    said.total = (said.total ?? 1) - 1;
  } else {
    said.items = said.items.map((item) =>
      item.file_id === fileId ? { revision: item.revision, type: 'remove', file_id: fileId, reason: 'trash' } : item,
    );
  }
  return Buffer.from(JSON.stringify(said));
}
