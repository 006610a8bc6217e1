// Для проверок: посредник TCP между Query и элементом, который портит ответы по заказу.
import { type Socket, connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';

export type Fault =
  /** Соединение рвётся (RST) после стольких байт ответа. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Соединение закрывается чисто (FIN) после стольких байт ответа. */
  | { readonly kind: 'end'; readonly afterBytes: number }
  /** Байт ответа на этом месте подменён. */
  | { readonly kind: 'corrupt'; readonly atByte: number }
  /** Ответ замирает после стольких байт. */
  | { readonly kind: 'stall'; readonly afterBytes: number };

export interface BreakingProxy {
  readonly url: string;
  /** Беды следующих соединений по порядку; кончились — соединение исправно. */
  faults: Fault[];
  readonly connections: () => number;
  /** Сколько байт ответов прошло. */
  readonly passedBytes: () => number;
  readonly openSockets: () => number;
  /** Рвёт всё открытое сейчас. */
  dropAll(): void;
}

export async function startProxy(t: TestContext, target: string): Promise<BreakingProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let [connections, passed] = [0, 0];
  const faults: Fault[] = [];
  const server = createServer((client) => {
    connections += 1;
    const fault = proxy.faults.shift();
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    let answered = 0;
    upstream.on('data', (chunk: Buffer) => {
      const start = answered;
      answered += chunk.length;
      passed += chunk.length;
      if (fault?.kind === 'corrupt' && fault.atByte >= start && fault.atByte < answered) {
        const index = fault.atByte - start;
        chunk[index] = (chunk[index] ?? 0) ^ 0xff;
      }
      if (fault !== undefined && fault.kind !== 'corrupt' && answered >= fault.afterBytes) {
        client.write(chunk.subarray(0, Math.max(0, fault.afterBytes - start)));
        upstream.pause();
        if (fault.kind === 'reset') setTimeout(() => client.resetAndDestroy(), 20);
        if (fault.kind === 'end') client.end(() => upstream.destroy());
        return;
      }
      if (!client.write(chunk)) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('посредник не слушает');
  const proxy: BreakingProxy = {
    url: `http://127.0.0.1:${address.port}`,
    faults,
    connections: () => connections,
    passedBytes: () => passed,
    openSockets: () => open.size,
    dropAll() {
      for (const socket of open) socket.destroy();
    },
  };
  return proxy;
}
