// Запрос страницы каталога: по номеру, по ключу, по состоянию. Страница на миллионе файлов стоит миллисекунды:
// номера отсчитываются по узкому индексу и с ближнего конца, описания читаются только у самой страницы.
import type { StoredStatus } from '../files/file.ts';

export interface PageOrder {
  readonly limit: number;
  readonly offset: number;
  /** Ключ последней виденной записи; без него действует offset. */
  readonly after?: string;
  readonly status?: StoredStatus;
  /** 'expired' и 'active' учитывают срок, истёкший к этому мигу, хотя сборщик его ещё не записал. */
  readonly nowIso: string;
}

/** Сколько записей надо перебрать. */
export interface PageCounts {
  /** С этим состоянием всего. */
  readonly total: number;
  /** Записаны живыми, и из них с истёкшим сроком. */
  readonly active: number;
  readonly lapsed: number;
}

/** Запрос страницы и значения к нему. Разных текстов не больше двух дюжин. */
export function pageQuery(
  page: PageOrder,
  counts: PageCounts,
): { text: string; values: Record<string, string | number> } {
  const { total } = counts;
  const { limit, offset, after, status, nowIso } = page;
  const fromEnd = after === undefined && offset > total / 2;
  const count = fromEnd ? Math.max(0, Math.min(limit, total - offset)) : limit;
  const skip = after === undefined ? (fromEnd ? Math.max(0, total - offset - count) : offset) : 0;
  const keyset = after === undefined ? '' : ' AND file_id > :after';
  const keys = sources(page, counts).map((source) => `SELECT file_id FROM ${source}${keyset}`);
  return {
    text: `SELECT attr FROM files WHERE file_id IN (
             ${keys.join(' UNION ALL ')} ORDER BY file_id ${fromEnd ? 'DESC' : 'ASC'} LIMIT :count OFFSET :skip
           ) ORDER BY file_id`,
    values: {
      count,
      skip,
      ...(after === undefined ? {} : { after }),
      ...(status === undefined ? {} : { status }),
      ...(status === 'active' || status === 'expired' ? { now: nowIso } : {}),
    },
  };
}

/** Истёкших больше такой доли живых — дешевле идти по живым подряд, чем сортировать истёкших на каждой странице. */
const LAPSED_SHARE = 1 / 16;

/** Откуда брать ключи: таблица и условие. */
function sources({ status }: PageOrder, { active, lapsed }: PageCounts): readonly string[] {
  const written = 'files INDEXED BY files_by_status WHERE status = :status';
  if (status === undefined) return ['files WHERE true'];
  if (status === 'active') return [`${written} AND (expires_at IS NULL OR expires_at > :now)`];
  if (status !== 'expired') return [written];
  if (lapsed > active * LAPSED_SHARE) {
    return [written, "files INDEXED BY files_by_status WHERE status = 'active' AND expires_at <= :now"];
  }
  return [written, "files INDEXED BY files_by_due WHERE due_at IS NOT NULL AND status = 'active' AND due_at <= :now"];
}
