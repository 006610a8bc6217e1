// Окно страницы из параметров запроса: умолчания контракта.
import { PAGE_LIMIT_DEFAULT } from '@artstore/contracts';

export function pageWindow(query: { limit?: number | undefined; offset?: number | undefined }): {
  limit: number;
  offset: number;
} {
  return { limit: query.limit ?? PAGE_LIMIT_DEFAULT, offset: query.offset ?? 0 };
}
