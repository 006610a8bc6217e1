// Ленивая очистка (требования, 2.10): элемент ответил, что файла не знает, — об этом узнаёт Admin Module.
// Строку меняет он сам, перепроверив; здесь только сообщение, одно на файл и ограниченное временем.
import type { Logger } from '@artstore/chassis';
import type { AdminClient } from '@artstore/clients';

const REPORT_TIMEOUT_MS = 5_000;
/** Больше сообщений сразу означает беду с элементом, а не с файлами: остальные найдёт синхронизация. */
const REPORTS_MAX = 32;

export type ReportMissing = (fileId: string) => Promise<void>;

export function createReportMissing({
  admin,
  log,
}: {
  admin: Pick<AdminClient, 'reportMissing'>;
  log: Logger;
}): ReportMissing {
  const underWay = new Map<string, Promise<void>>();

  async function report(fileId: string): Promise<void> {
    try {
      await admin.reportMissing(fileId, AbortSignal.timeout(REPORT_TIMEOUT_MS));
      log.info({ event: 'missing_reported', fileId }, 'элемент не знает файла, сообщено в Admin Module');
    } catch (error) {
      log.warn({ event: 'missing_report_failed', fileId, err: error }, 'о пропавшем файле сообщить не удалось');
    } finally {
      underWay.delete(fileId);
    }
  }

  return (fileId) => {
    const known = underWay.get(fileId);
    if (known !== undefined) return known;
    if (underWay.size >= REPORTS_MAX) return Promise.resolve();
    const reporting = report(fileId);
    underWay.set(fileId, reporting);
    return reporting;
  };
}
