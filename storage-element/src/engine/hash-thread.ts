// Поток, который считает SHA-256: получает части тел в общей памяти, отвечает на каждое письмо по порядку.
import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

/** Письмо о теле с этим номером: учесть части, закончить и сообщить сумму, забыть. */
export type HashRequest =
  | { readonly body: number; readonly kind: 'update'; readonly parts: readonly Uint8Array[] }
  | { readonly body: number; readonly kind: 'digest' | 'drop' };

/** Сумма — в ответ на digest, иначе пустая строка. */
export type HashReply = string;

const hashes = new Map<number, Hash>();

function answer(request: HashRequest): HashReply {
  const hash = hashes.get(request.body) ?? createHash('sha256');
  if (request.kind === 'update') {
    for (const part of request.parts) hash.update(part);
    hashes.set(request.body, hash);
    return '';
  }
  hashes.delete(request.body);
  return request.kind === 'digest' ? hash.digest('hex') : '';
}

parentPort?.on('message', (request: HashRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- это поток, а не окно браузера
  parentPort?.postMessage(answer(request));
});
