// Контракт и обработчики должны совпасть до последней операции: расхождение — отказ подняться, а не 404 у клиента.
import type { UntypedHandler } from './bind-operation.ts';
import { compileSecurity } from './compile-security.ts';
import type { ContractDocument, ContractOperation } from './contract-document.ts';

export interface MatchedOperation {
  readonly operation: ContractOperation;
  readonly handler: UntypedHandler;
}

/** Контракт и код разошлись; в тексте все расхождения сразу. */
export class ContractMismatch extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`контракт и обработчики разошлись:\n  ${faults.join('\n  ')}`);
    this.name = 'ContractMismatch';
    this.faults = faults;
  }
}

/** `handlers` — операция → обработчик, вместе с операциями здоровья. */
export function matchOperations(
  { operations }: ContractDocument,
  handlers: ReadonlyMap<string, unknown>,
): readonly MatchedOperation[] {
  const faults: string[] = [];
  const matched: MatchedOperation[] = [];
  const seen = new Set<string>();
  for (const operation of operations) {
    const { operationId } = operation;
    const handler = handlers.get(operationId);
    if (seen.has(operationId)) faults.push(`${operationId}: в контракте две операции с этим именем`);
    seen.add(operationId);
    if (isHandler(handler)) {
      faults.push(...checkOperation(operation));
      matched.push({ operation, handler });
    } else {
      faults.push(`${operationId}: нет обработчика`);
    }
  }
  for (const name of handlers.keys()) if (!seen.has(name)) faults.push(`${name}: нет операции в контракте`);
  if (faults.length > 0) throw new ContractMismatch(faults);
  return matched;
}

function checkOperation(operation: ContractOperation): readonly string[] {
  const faults: string[] = [];
  try {
    compileSecurity(operation);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  return faults;
}

function isHandler(value: unknown): value is UntypedHandler {
  return typeof value === 'function';
}
