import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { checkPasswordStrength, findWeakness } from './password-rules.ts';

test('слабые пароли не годятся, в какие бы цифры, повторы и похожие знаки их ни рядили', () => {
  for (const weak of [
    'короткий',
    'aaaaaaaaaaaaaa',
    '123456789012',
    'abcdefghijklmn',
    'password2026!!',
    '2026-P@ssw0rd',
    'Password!Password!',
    'qwertyuiop123',
    'парольпарольпароль',
    'Пароль12345678',
    'administrator99',
    'my-Petrova-key-7',
  ]) {
    assert.notEqual(findWeakness(weak, 'petrova'), undefined, weak);
  }
});

test('непредсказуемая фраза годится без обязательных цифр и знаков', () => {
  for (const good of ['лось ест клевер ночью', 'tundra-kettle-orbit', 'd8Kq-77pz-Wm3x', 'пароли бывают разными']) {
    assert.equal(findWeakness(good, 'petrova'), undefined, good);
  }
});

test('отказ назван полем и объяснён на обоих языках', () => {
  assert.throws(
    () => checkPasswordStrength('короткий', 'petrova', 'body.password'),
    (error) => {
      assert.ok(isArtError(error));
      assert.deepEqual(error.options.details, [
        { field: 'body.password', message: 'must have at least 12 characters', ru: 'нужно не меньше 12 знаков' },
      ]);
      return true;
    },
  );
});
