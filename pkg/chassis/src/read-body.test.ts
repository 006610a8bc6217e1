// Тело, которого не будет: ответ приходит сразу, а не никогда.
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { readBody } from './read-body.ts';

test('запрос, оборванный до чтения тела, отвергнут сразу', async () => {
  const request = new IncomingMessage(new Socket());
  request.destroy();
  await assert.rejects(readBody(request, 100), { code: 'VALIDATION_ERROR' });
});

test('запрос, оборванный посреди тела, отвергнут', async () => {
  const request = new IncomingMessage(new Socket());
  const body = readBody(request, 100);
  request.push('{"начало":');
  request.destroy();
  await assert.rejects(body, { code: 'VALIDATION_ERROR' });
});
