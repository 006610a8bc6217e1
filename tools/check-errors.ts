// npm run check -- errors: таблица ошибок, перечень в api-common.yaml, ответы контрактов и docs/errors.md говорят одно.
// (docs/errors.md порождается, его свежесть проверяет generate --check.)

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_TABLE, type ErrorRow } from '@artstore/contracts';
import { parse } from 'yaml';
import { errorAnswersOf, isRecord } from './generate/contract-operations.ts';
import { contractPlaces, MODULES } from './generate/contract-modules.ts';

const root = join(import.meta.dirname, '..');
const table: Readonly<Record<string, ErrorRow>> = ERROR_TABLE;
const faults: string[] = [];

function codesOfEnum(document: unknown): readonly string[] {
  const components = isRecord(document) ? document['components'] : undefined;
  const schemas = isRecord(components) ? components['schemas'] : undefined;
  const schema = isRecord(schemas) ? schemas['ErrorCode'] : undefined;
  const values: unknown[] = isRecord(schema) && Array.isArray(schema['enum']) ? schema['enum'] : [];
  return values.filter((value) => typeof value === 'string');
}

function compareEnum(where: string, codes: readonly string[]): void {
  const known = new Set(codes);
  const missing = Object.keys(table).filter((code) => !known.has(code));
  const extra = codes.filter((code) => table[code] === undefined);
  if (missing.length > 0) faults.push(`${where}: нет кодов ${missing.join(', ')}`);
  if (extra.length > 0) faults.push(`${where}: лишние коды ${extra.join(', ')}`);
}

compareEnum(
  'pkg/contracts/api-common.yaml',
  codesOfEnum(parse(readFileSync(join(root, 'pkg/contracts/api-common.yaml'), 'utf8'))),
);

const used = new Set<string>();
let contracts = 0;
for (const module of MODULES) {
  const { bundle, source } = contractPlaces(module);
  if (!existsSync(join(root, bundle))) continue;
  contracts += 1;
  const contract: unknown = JSON.parse(readFileSync(join(root, bundle), 'utf8'));
  compareEnum(bundle, codesOfEnum(contract));
  for (const answer of errorAnswersOf(contract)) {
    const where = `${source}: ${answer.operationId} ${answer.status}`;
    if (answer.codes.length === 0 && answer.operationId !== 'getReadiness')
      faults.push(`${where}: описание не называет код ошибки`);
    for (const code of [...answer.codes, ...answer.exampleCodes]) {
      used.add(code);
      const row = table[code];
      if (row === undefined) faults.push(`${where}: кода ${code} нет в таблице`);
      else if (String(row.status) !== answer.status) faults.push(`${where}: у ${code} статус ${row.status}`);
    }
  }
}
if (contracts === MODULES.length) {
  const unused = Object.keys(table).filter((code) => !used.has(code));
  if (unused.length > 0) faults.push(`ни один контракт не отвечает кодами ${unused.join(', ')}`);
}

for (const fault of new Set(faults)) console.log(fault);
console.log(`кодов: ${Object.keys(table).length}, контрактов: ${contracts}, расхождений: ${new Set(faults).size}`);
process.exitCode = faults.length === 0 ? 0 : 1;
