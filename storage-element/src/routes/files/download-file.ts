// GET /api/v1/files/{file_id}/download: содержимое целиком или участком, с условиями RFC 9110.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { openFile } from '../../files/open-file.ts';
import { planDownload } from '../../http/plan-download.ts';

/** sent — счёт отдаваемых байтов. */
export function downloadFileRoute(store: Store, sent: (bytes: number) => void): Handler<operations['downloadFile']> {
  return async ({ params, headers }) => {
    const opened = await openFile(store, params.file_id);
    let handedOver = false;
    try {
      const plan = planDownload(opened.file, headers);
      if (plan.status === 304) return plan;
      const body = plan.status === 206 ? opened.read(plan.range) : opened.read();
      handedOver = true;
      sent(Number(plan.headers['content-length']));
      return { status: plan.status, headers: plan.headers, body };
    } finally {
      // Поток закроет файл сам, когда кончится или оборвётся; без потока закрыть некому.
      if (!handedOver) await opened.close();
    }
  };
}
