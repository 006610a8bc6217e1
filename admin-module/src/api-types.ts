// Слова контракта модуля управления под короткими именами. Только типы.
import type { components, operations } from '@artstore/contracts/generated/admin-module.gen.ts';

export type Schemas = components['schemas'];
export type AdminOperations = operations;
