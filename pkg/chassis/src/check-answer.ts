// Сверка ответа с контрактом, для тестов модулей: статус объявлен, тип содержимого объявлен, JSON годится под схему.
import { Readable } from 'node:stream';
import type { ContractOperation } from './contract-document.ts';
import type { SchemaCheck, SchemaCompiler } from './schema-compiler.ts';
import type { UntypedAnswer } from './send-answer.ts';

/** Бросает Error с объяснением, если такого ответа контракт не обещал. */
export type AnswerCheck = (answer: UntypedAnswer) => void;

const JSON_TYPE = 'application/json';

export function compileAnswerCheck({ operationId, answers }: ContractOperation, compiler: SchemaCompiler): AnswerCheck {
  const checks = new Map<number, SchemaCheck>();
  for (const [status, content] of answers) {
    const pointer = content.get(JSON_TYPE);
    if (pointer !== undefined) checks.set(status, compiler.at(pointer));
  }
  return ({ status, body }) => {
    const content = answers.get(status);
    if (content === undefined) throw new Error(`${operationId}: статуса ${status} нет в контракте`);
    if (body === undefined) return;
    if (content.size === 0) throw new Error(`${operationId}: у ответа ${status} по контракту нет тела`);
    if (body instanceof Readable || typeof body !== 'object') return;
    // Проверяется то, что увидит клиент: даты и undefined до него доходят не такими, как в памяти.
    const [fault] = checks.get(status)?.(JSON.parse(JSON.stringify(body)), false) ?? [];
    if (fault === undefined) return;
    throw new Error(`${operationId}: ответ ${status} не по контракту: ${fault.instancePath} ${fault.message ?? ''}`);
  };
}
