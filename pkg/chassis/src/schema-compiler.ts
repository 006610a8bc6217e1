// Схемы контракта → проверяющие функции (Ajv, JSON Schema 2020-12): ничего не приводят, не дополняют и не выбрасывают.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { type ContractDocument, readPointer } from './contract-document.ts';

/** Ошибки значения; пустой список — годно. `thorough` просит все ошибки, иначе хватит первой. */
export type SchemaCheck = (value: unknown, thorough: boolean) => readonly ErrorObject[];

export interface SchemaCompiler {
  /** Проверка значения по схеме, на которую указывает pointer (`#/components/…`). */
  at(pointer: string): SchemaCheck;
  /** Проверка объекта из объявленных полей; схема каждого — по указателю. */
  objectOf(fields: readonly SchemaField[]): SchemaCheck;
}

export interface SchemaField {
  readonly name: string;
  readonly required: boolean;
  readonly pointer: string;
}

/** Под такими адресами в Ajv лежат схемы документа; наружу они не видны. */
const SCHEMA_ADDRESS = 'contract://schema/';
/** Под этими словами лежат данные, а не схемы: `$ref` внутри них ничего не значит. */
const DATA_KEYWORDS: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'const', 'enum']);

export function createSchemaCompiler({ root }: ContractDocument): SchemaCompiler {
  const first = createAjv(false);
  const all = createAjv(true);

  /** Переписывает ссылки на имена Ajv и по дороге отдаёт ему то, на что они указывают. */
  function adapt(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(adapt);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => {
        if (key === '$ref' && typeof value === 'string') return [key, publish(value)];
        return [key, DATA_KEYWORDS.has(key) ? value : adapt(value)];
      }),
    );
  }

  const published = new Map<string, string>();
  function publish(pointer: string): string {
    const known = published.get(pointer);
    if (known !== undefined) return known;
    const id = `${SCHEMA_ADDRESS}${published.size}`;
    published.set(pointer, id);
    const schema = asSchema(adapt(readPointer(root, pointer)));
    first.addSchema(schema, id);
    all.addSchema(schema, id);
    return id;
  }

  /** Вторая функция нужна только для ответа об ошибке, поэтому собирается при первой из них. */
  function compile(schema: object): SchemaCheck {
    const validate = first.compile(schema);
    let report: ValidateFunction | undefined;
    return (value, thorough) => {
      if (validate(value)) return [];
      if (!thorough) return validate.errors ?? [];
      report ??= all.compile(schema);
      report(value);
      return report.errors ?? [];
    };
  }

  return {
    at: (pointer) => compile({ $ref: publish(pointer) }),
    objectOf: (fields) =>
      compile({
        type: 'object',
        properties: Object.fromEntries(fields.map(({ name, pointer }) => [name, { $ref: publish(pointer) }])),
        required: fields.filter(({ required }) => required).map(({ name }) => name),
      }),
  };
}

function createAjv(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    allowUnionTypes: true,
    allErrors,
    coerceTypes: false,
    useDefaults: false,
    removeAdditional: false,
    ownProperties: true,
    discriminator: true,
    logger: false,
  });
  formats.default(ajv);
  // Пояснения OpenAPI внутри схем на проверку не влияют (OpenAPI 3.1, 4.8.24.1).
  for (const keyword of ['example', 'externalDocs', 'xml']) ajv.addKeyword(keyword);
  return ajv;
}

function asSchema(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  return value === false ? { not: {} } : {};
}
