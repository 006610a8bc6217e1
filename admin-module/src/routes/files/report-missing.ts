// POST /api/v1/files/{file_id}/report-missing: сообщить, что элемент не нашёл файл.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { ReportMissing } from '../../registry/report-missing.ts';

export function reportMissingRoute(reportMissing: ReportMissing): Handler<AdminOperations['reportMissingFile']> {
  return async (call) => ({
    status: 200,
    body: await reportMissing({ fileId: call.params.file_id, actor: actorOf(call), signal: call.signal }),
  });
}
