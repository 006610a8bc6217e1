// Обработчик операции, которая есть в контракте, но ещё не построена: честный 501.
// В контракте у такой операции стоит `x-not-built: true`; расхождение не даёт приложению подняться.
import { ArtError } from '@artstore/contracts';

/** Подходит любой операции: отвечает только ошибкой NOT_IMPLEMENTED. */
export const notImplemented = async (): Promise<never> => {
  throw new ArtError('NOT_IMPLEMENTED');
};
