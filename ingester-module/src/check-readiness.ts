// Готовность модуля: есть ли куда класть файлы каждой политики и можно ли проверять токены.

import type { Check } from '@artstore/chassis';
import type { RetentionPolicy } from '@artstore/clients';
import type { ElementList } from './elements/element-list.ts';
import { writable } from './upload/choose-element.ts';

export interface ReadinessParts {
  readonly elements: Pick<ElementList, 'known'>;
  readonly keys: { loaded(): boolean };
}

/** ok — обе политики; degraded — одна; fail — ни одной или нет ключей. */
export function checkReadiness({ elements, keys }: ReadinessParts): Record<string, Check> {
  const has = (policy: RetentionPolicy): boolean => writable(elements.known(), policy).length > 0;
  const [temporary, permanent] = [has('temporary'), has('permanent')];
  const missing: Check = {
    status: temporary || permanent ? 'degraded' : 'fail',
    message: 'no storage element is ready',
  };
  return {
    keys: keys.loaded() ? { status: 'ok' } : { status: 'fail', message: 'the keys of the Admin Module are not loaded' },
    temporary: temporary ? { status: 'ok' } : missing,
    permanent: permanent ? { status: 'ok' } : missing,
  };
}
