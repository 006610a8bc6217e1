// npm run generate: порождает то, что выводится из рукописного, и ничего больше.
// С ключом --check ничего не пишет, а сообщает, что отстало; имя модуля ограничивает работу им одним.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleContract } from './generate/bundle-contract.ts';
import { contractTypes } from './generate/contract-types.ts';
import { contractPlaces, isModuleName, MODULES } from './generate/contract-modules.ts';
import { createOutput } from './generate/output.ts';
import { writeErrorsPage, writeReadmeTables } from './generate/write-documents.ts';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const names = args.filter((argument) => !argument.startsWith('--'));
const unknown = names.filter((name) => !isModuleName(name));
if (unknown.length > 0) {
  console.error(`Нет такого модуля: ${unknown.join(', ')}. Есть: ${MODULES.join(', ')}.`);
  process.exit(2);
}
const modules = names.length > 0 ? names.filter(isModuleName) : MODULES;
const output = createOutput({ root, check: args.includes('--check') });

for (const module of modules) {
  const places = contractPlaces(module);
  if (!existsSync(join(root, places.source))) {
    console.log(`${module}: контракта ещё нет, пропущен`);
    continue;
  }
  const contract = await bundleContract(join(root, places.source));
  await output.put(places.bundle, contract.json);
  await output.put(places.types, await contractTypes(places.source, contract.json));
  await writeReadmeTables(root, module, output);
}
if (names.length === 0) await writeErrorsPage(root, output);

process.exitCode = output.report() ? 0 : 1;
