// HEAD /api/v1/files/{file_id}/download: заголовки содержимого без самого содержимого.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { openFile } from '../../files/open-file.ts';
import { planHead } from '../../http/plan-download.ts';

export function headDownloadRoute(store: Store): Handler<operations['headDownload']> {
  return async ({ params, headers }) => {
    // Файл открывается и здесь: 200 на HEAD обещает, что содержимое есть.
    const opened = await openFile(store, params.file_id);
    try {
      const { status, headers: answer } = planHead(opened.file, headers);
      return { status, headers: answer };
    } finally {
      await opened.close();
    }
  };
}
