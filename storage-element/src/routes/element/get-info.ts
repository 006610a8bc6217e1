// GET /api/v1/info: тождество, режим, ёмкость и счётчики элемента; открыто всем.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { describeElement } from '../../files/describe-element.ts';
import { toElementInfo } from '../../http/to-wire.ts';

export function getInfoRoute(store: Store, version: string): Handler<operations['getInfo']> {
  return async () => ({ status: 200, body: toElementInfo(await describeElement(store), version) });
}
