// POST /api/v1/files/upload: форма потоком — внутрь, одна загрузка, ответ 201 или 202.

import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/ingester-module.gen.ts';
import type { AcceptUpload } from '../../upload/accept-upload.ts';
import { parseDigest } from '../../upload/parse-digest.ts';
import { readIntent } from '../../upload/upload-policy.ts';
import { readUploadForm } from './upload-form.ts';

export interface UploadFileSetup {
  readonly accept: AcceptUpload;
  readonly fileBytesMax: number;
}

export function createUploadFile({ accept, fileBytesMax }: UploadFileSetup): Handler<operations['uploadFile']> {
  return async (call) => {
    const digest = parseDigest(call.headers['repr-digest']);
    const form = await readUploadForm(call.raw, fileBytesMax);
    try {
      const { file, registration } = await accept({
        caller: call.principal.subject,
        idempotencyKey: call.headers['idempotency-key'],
        digest,
        intent: readIntent(form.fields, form.file, call.principal.subject),
        body: form.body,
        bytesRead: form.bytesRead,
        sizeMax: form.sizeMax,
        signal: call.signal,
      });
      call.log.info({ event: 'file_uploaded', fileId: file.file_id, bytes: file.size, registration }, 'файл загружен');
      return { status: registration === 'done' ? 201 : 202, body: { ...file, registration } };
    } finally {
      // Недочитанный файл больше не нужен: это останавливает разбор формы.
      if (!form.body.destroyed) form.body.destroy();
    }
  };
}
