// Обход операций контракта: общий для таблиц, проверки кодов и прочих инструментов. Чистая логика.

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;

export interface ContractOperation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly definition: Record<string, unknown>;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Все операции документа OpenAPI в порядке записи. */
export function operationsOf(contract: unknown): readonly ContractOperation[] {
  if (!isRecord(contract) || !isRecord(contract['paths'])) return [];
  return Object.entries(contract['paths']).flatMap(([path, item]) => {
    if (!isRecord(item)) return [];
    return METHODS.flatMap((method) => {
      const definition = item[method];
      if (!isRecord(definition)) return [];
      const text = (key: string): string => (typeof definition[key] === 'string' ? definition[key] : '');
      return [{ method, path, operationId: text('operationId'), summary: text('summary'), definition }];
    });
  });
}

export interface AnswerCodes {
  readonly operationId: string;
  readonly status: string;
  /** Коды ошибок, названные в описании ответа. */
  readonly codes: readonly string[];
  /** Коды из примеров тела. */
  readonly exampleCodes: readonly string[];
}

/** Ответы с ошибками всех операций: статус и названные коды. `$ref` на компонент раскрывается. */
export function errorAnswersOf(contract: unknown): readonly AnswerCodes[] {
  return operationsOf(contract).flatMap(({ operationId, definition }) => {
    if (!isRecord(definition['responses'])) return [];
    return Object.entries(definition['responses'])
      .filter(([status]) => Number(status) >= 400)
      .map(([status, answer]) => {
        const resolved = resolve(contract, answer);
        const description =
          isRecord(resolved) && typeof resolved['description'] === 'string' ? resolved['description'] : '';
        const codes = description.match(/\b[A-Z]{2,}(_[A-Z]+)+\b|\bUNAUTHORIZED\b|\bFORBIDDEN\b|\bCONFLICT\b/g) ?? [];
        return { operationId, status, codes: [...new Set(codes)], exampleCodes: codesInExamples(contract, resolved) };
      });
  });
}

function resolve(contract: unknown, value: unknown): unknown {
  if (!isRecord(value) || typeof value['$ref'] !== 'string' || !value['$ref'].startsWith('#/')) return value;
  let found: unknown = contract;
  for (const key of value['$ref'].slice(2).split('/')) found = isRecord(found) ? found[key] : undefined;
  return found;
}

function codesInExamples(contract: unknown, answer: unknown): readonly string[] {
  if (!isRecord(answer) || !isRecord(answer['content'])) return [];
  const codes: string[] = [];
  for (const media of Object.values(answer['content'])) {
    if (!isRecord(media)) continue;
    const named = isRecord(media['examples']) ? Object.values(media['examples']) : [];
    const examples = named
      .map((item) => resolve(contract, item))
      .map((item) => (isRecord(item) ? item['value'] : undefined));
    for (const example of [media['example'], ...examples]) {
      const error = isRecord(example) ? example['error'] : undefined;
      if (isRecord(error) && typeof error['code'] === 'string') codes.push(error['code']);
    }
  }
  return codes;
}
