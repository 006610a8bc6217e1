import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError, type Principal, type Scope } from '@artstore/contracts';
import { chooseAuthor } from './choose-author.ts';

const service = (...scopes: Scope[]): Principal => ({
  kind: 'service',
  subject: 'sa_x',
  clientId: 'sa_x',
  scopes: new Set(scopes),
});

test('доверенная служба называет конечного отправителя', () => {
  assert.equal(chooseAuthor(service('files:write', 'storage:write'), 'ivan'), 'ivan');
});

test('без storage:write пишется sub токена, что бы ни стояло в метаданных', () => {
  assert.equal(chooseAuthor(service('files:write'), 'ivan'), 'sa_x');
});

test('доверенная служба, не назвавшая никого, отвечает сама', () => {
  assert.equal(chooseAuthor(service('files:write', 'storage:write'), undefined), 'sa_x');
});

test('имя с управляющими знаками не принимается ни от кого', () => {
  for (const name of ['a\0', 'a\nb', '\u0085', '\ud800']) {
    assert.throws(
      () => chooseAuthor(service('files:write'), name),
      (error) => isArtError(error, 'VALIDATION_ERROR'),
    );
  }
});
