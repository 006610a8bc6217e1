// Раскладчик в своём потоке: то же обещание, что у createPlacer, заказы уходят сообщениями.
import { Worker } from 'node:worker_threads';
import type { Layout } from './layout.ts';
import type { Flushed, Placer, PlacerOptions } from './placer.ts';
import type { PlacerHome, PlacerOrder, PlacerReply } from './placer-messages.ts';
import type { LogRecord } from './wal-record.ts';

interface Waiting {
  readonly resolve: (value: Flushed | readonly string[] | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Запускает поток. Его внезапная смерть — отказ всем, кто ждёт, и всем следующим. */
export function startPlacerThread(layout: Layout, onNoSpace: NonNullable<PlacerOptions['onNoSpace']>): Placer {
  const home: PlacerHome = { dataDir: layout.dataDir, walDir: layout.walDir };
  const worker = new Worker(new URL('./placer-worker.ts', import.meta.url), { workerData: home, name: 'placer' });
  // Процесс держит живым только начатая раскладка, а не сам поток.
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let dead: Error | undefined;

  const die = (error: Error): void => {
    dead ??= error;
    for (const each of waiting.values()) each.reject(dead);
    waiting.clear();
  };
  worker.on('error', (cause) => die(new Error('поток раскладки погиб', { cause })));
  worker.on('exit', () => die(new Error('поток раскладки кончился')));
  worker.on('message', (reply: PlacerReply) => {
    if (reply.kind === 'noSpace') {
      onNoSpace(reply.stalled);
      return;
    }
    const each = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
    if (reply.kind === 'done') each?.resolve(reply.value);
    else each?.reject(reply.error);
  });

  const order = (
    make: (id: number) => PlacerOrder,
    transfer: ArrayBuffer[] = [],
  ): Promise<Flushed | readonly string[] | undefined> => {
    if (dead) return Promise.reject(dead);
    const { promise, resolve, reject } = Promise.withResolvers<Flushed | readonly string[] | undefined>();
    lastId += 1;
    waiting.set(lastId, { resolve, reject });
    if (waiting.size === 1) worker.ref();
    worker.postMessage(make(lastId), transfer);
    return promise;
  };
  const send = async (kind: 'place' | 'redo', records: readonly LogRecord[]): Promise<void> => {
    const { packed, bytes } = packInline(records);
    await order((id) => ({ kind, id, records: packed }), [bytes]);
  };
  return {
    place: (records) => send('place', records),
    redo: (records) => send('redo', records),
    flush: async (signal) => {
      const abandon = (): void => worker.postMessage({ kind: 'abandon' } satisfies PlacerOrder);
      signal.addEventListener('abort', abandon, { once: true });
      try {
        return asFlushed(await order((id) => ({ kind: 'flush', id })));
      } finally {
        signal.removeEventListener('abort', abandon);
      }
    },
    backfillCatalog: async () => {
      await order((id) => ({ kind: 'backfill', id }));
    },
    lost: async () => asNames(await order((id) => ({ kind: 'lost', id }))),
    close: async (signal) => {
      const giveUp = (): void => void worker.terminate();
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      // Прерванное доделает повтор журнала, поэтому отказ здесь никому не важен.
      await order((id) => ({ kind: 'close', id })).catch(() => undefined);
      signal.removeEventListener('abort', giveUp);
      await worker.terminate();
    },
  };
}

/**
 * Собирает байты всех записей в один буфер и отдаёт его потоку без копии. Послать куски как есть нельзя: вместе с куском
 * копируется весь буфер, из которого он вырезан.
 */
function packInline(records: readonly LogRecord[]): { packed: LogRecord[]; bytes: ArrayBuffer } {
  let total = 0;
  for (const record of records) total += inlineBytes(record)?.byteLength ?? 0;
  const bytes = new ArrayBuffer(total);
  let at = 0;
  const packed = records.map((record) => {
    const inline = inlineBytes(record);
    if (record.type !== 'put' || inline === undefined) return record;
    const copy = new Uint8Array(bytes, at, inline.byteLength);
    copy.set(inline);
    at += inline.byteLength;
    return { ...record, bytes: { inline: copy } };
  });
  return { packed, bytes };
}

function inlineBytes(record: LogRecord): Uint8Array | undefined {
  return record.type === 'put' && 'inline' in record.bytes ? record.bytes.inline : undefined;
}

function asFlushed(value: Flushed | readonly string[] | undefined): Flushed {
  if (value === undefined || !('staged' in value)) throw new Error('поток раскладки ответил не то');
  return value;
}

function asNames(value: Flushed | readonly string[] | undefined): readonly string[] {
  if (value === undefined || 'staged' in value) throw new Error('поток раскладки ответил не то');
  return value;
}
