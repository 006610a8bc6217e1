// Контракт, прочитанный во время работы: операции с уже раскрытыми ссылками и всё, что нужно привязке.
// Схемы тел и параметров остаются ссылками на документ: их собирает Ajv.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;
/** Цепочка ссылок длиннее этой — петля. */
const REF_HOPS_MAX = 16;

const securitySchema = z.array(z.record(z.string(), z.array(z.string())));
const operationSchema = z.looseObject({
  operationId: z.string(),
  security: securitySchema.optional(),
});
const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().default(false),
  explode: z.boolean().optional(),
});
const contentSchema = z.record(z.string(), z.looseObject({}));

/** Объявленный параметр и место его схемы в документе (JSON Pointer, RFC 6901). */
export interface ContractParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly explode: boolean;
  readonly schema: unknown;
  readonly schemaPointer: string;
  /** Схема элемента, если параметр — список. */
  readonly itemSchema: unknown;
}

export interface ContractBody {
  readonly required: boolean;
  /** Тип содержимого из контракта (бывает `*\/*`) → место схемы в документе. */
  readonly schemaPointers: ReadonlyMap<string, string>;
}

export interface ContractOperation {
  readonly operationId: string;
  readonly method: (typeof METHODS)[number];
  /** Образец пути из контракта: `/api/v1/files/{file_id}`. */
  readonly path: string;
  /** undefined — в контракте о доступе не сказано, и это ошибка контракта. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[] | undefined;
  readonly parameters: readonly ContractParameter[];
  readonly body: ContractBody | undefined;
  /** Статус → тип содержимого ответа → место схемы в документе. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, string>>;
}

export interface ContractDocument {
  /** Название службы из контракта. */
  readonly title: string;
  readonly text: string;
  readonly root: Readonly<Record<string, unknown>>;
  readonly operations: readonly ContractOperation[];
}

/** Читает собранный контракт. Бросает Error с понятным текстом, если это не контракт. */
export function readContract(file: URL): ContractDocument {
  const text = readFileSync(file, 'utf8');
  const root = asRecord(JSON.parse(text), 'контракт');
  const operations: ContractOperation[] = [];
  for (const [path, item] of Object.entries(asRecord(root['paths'], 'paths'))) {
    const pathItem = asRecord(item, path);
    for (const method of METHODS) {
      if (pathItem[method] !== undefined) operations.push(readOperation({ root, path, method, pathItem }));
    }
  }
  const { title } = z.looseObject({ title: z.string() }).parse(root['info']);
  return { title, text, root, operations };
}

interface OperationPlace {
  readonly root: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly method: (typeof METHODS)[number];
  readonly pathItem: Readonly<Record<string, unknown>>;
}

function readOperation({ root, path, method, pathItem }: OperationPlace): ContractOperation {
  const pointer = `#/paths/${escapePointer(path)}`;
  const raw = asRecord(pathItem[method], `${method} ${path}`);
  const operation = operationSchema.parse(raw);
  const own = readParameters(root, raw['parameters'], `${pointer}/${method}/parameters`);
  const shared = readParameters(root, pathItem['parameters'], `${pointer}/parameters`).filter(
    (outer) => !own.some((inner) => inner.name === outer.name && inner.in === outer.in),
  );
  return {
    operationId: operation.operationId,
    method,
    path,
    security: operation.security,
    parameters: [...shared, ...own],
    body: readBody(root, raw['requestBody'], `${pointer}/${method}/requestBody`),
    answers: readAnswers(root, raw['responses'], `${pointer}/${method}/responses`),
  };
}

function readParameters(root: unknown, list: unknown, pointer: string): readonly ContractParameter[] {
  if (list === undefined) return [];
  return z
    .array(z.unknown())
    .parse(list)
    .flatMap((item, index) => {
      const found = resolve(root, item, `${pointer}/${index}`);
      const parameter = parameterSchema.parse(found.value);
      if (parameter.in === 'cookie') throw new Error(`${pointer}/${index}: параметры в cookie не поддерживаются`);
      // Об этих заголовках контракт говорит в других местах (OpenAPI 3.1, 4.8.12.2).
      if (parameter.in === 'header' && /^(accept|content-type|authorization)$/i.test(parameter.name)) return [];
      const { name, required } = parameter;
      const schema = resolve(root, parameter['schema'] ?? {}, `${found.pointer}/schema`);
      const explode = parameter.explode ?? parameter.in === 'query';
      const items = z.looseObject({ items: z.unknown() }).safeParse(schema.value).data?.items;
      const itemSchema = resolve(root, items, `${schema.pointer}/items`).value;
      return [
        { name, in: parameter.in, required, explode, schema: schema.value, schemaPointer: schema.pointer, itemSchema },
      ];
    });
}

function readBody(root: unknown, node: unknown, pointer: string): ContractBody | undefined {
  if (node === undefined) return undefined;
  const found = resolve(root, node, pointer);
  const { required } = z.looseObject({ required: z.boolean().default(false) }).parse(found.value);
  return { required, schemaPointers: readContent(found) };
}

function readAnswers(root: unknown, responses: unknown, pointer: string): ContractOperation['answers'] {
  return new Map(
    Object.entries(asRecord(responses, pointer)).map(([status, node]): [number, ReadonlyMap<string, string>] => [
      Number(status),
      readContent(resolve(root, node, `${pointer}/${status}`)),
    ]),
  );
}

/** Тип содержимого → место его схемы. */
function readContent({ value, pointer }: Found): ReadonlyMap<string, string> {
  const { content } = z.looseObject({ content: contentSchema.default({}) }).parse(value);
  return new Map(
    Object.keys(content).map((type): [string, string] => [
      type.toLowerCase(),
      `${pointer}/content/${escapePointer(type)}/schema`,
    ]),
  );
}

interface Found {
  readonly value: unknown;
  readonly pointer: string;
}

/** Раскрывает `$ref` верхнего уровня и говорит, где найденное лежит на самом деле. */
function resolve(root: unknown, node: unknown, pointer: string): Found {
  let found = { value: node, pointer };
  for (let hop = 0; hop < REF_HOPS_MAX; hop += 1) {
    const { value } = found;
    if (typeof value !== 'object' || value === null || !('$ref' in value)) return found;
    const ref = z.string().startsWith('#/').parse(value.$ref);
    found = { value: readPointer(root, ref), pointer: ref };
  }
  throw new Error(`${pointer}: ссылки контракта ходят по кругу`);
}

/** Значение документа по указателю `#/…`; бросает Error, если там пусто. */
export function readPointer(root: unknown, pointer: string): unknown {
  let node = root;
  for (const step of pointer.slice(2).split('/')) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    node = Array.isArray(node) ? node[Number(key)] : asRecord(node, pointer)[key];
  }
  if (node === undefined) throw new Error(`ссылка контракта ведёт в никуда: ${pointer}`);
  return node;
}

/** Шаг указателя во фрагменте адреса: `{` и `}` пути кодируются, чтобы ссылка осталась адресом. */
function escapePointer(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what}: ожидается объект`);
  return Object.fromEntries(Object.entries(value));
}
