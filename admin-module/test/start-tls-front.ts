// Посредник с TLS перед модулем управления, как в настоящей установке: снаружи https и постоянный адрес, внутри http.
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { TestContext } from 'node:test';
import { makeCertificate } from '@artstore/testing';
import { cleanUp } from './clean-up.ts';

export interface TlsFront {
  readonly url: string;
  /** Удостоверяющий центр посредника, PEM. */
  readonly ca: string;
  /** Куда передавать; до этого отвечать нечем. */
  target: string;
}

export async function startTlsFront(t: TestContext): Promise<TlsFront> {
  const { cert, key } = makeCertificate();
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    const { method = 'GET', headers } = incoming;
    const passed = request(new URL(incoming.url ?? '/', front.target), { method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(t, () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('порт не выдан');
  const front: TlsFront = { url: `https://127.0.0.1:${address.port}`, ca: cert, target: '' };
  return front;
}
