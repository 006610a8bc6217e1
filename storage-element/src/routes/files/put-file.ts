// PUT /api/v1/files/{file_id}: сохранить байты под идентификатором, который выбрал отправитель.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { Store } from '../../engine/store.ts';
import { putFile } from '../../files/put-file.ts';
import { readIntent } from '../../files/read-intent.ts';
import { chooseAuthor } from '../../http/choose-author.ts';
import { etagOf } from '../../http/conditional.ts';
import { parseDigest } from '../../http/parse-digest.ts';
import { toElementFile } from '../../http/to-wire.ts';
import type { UploadMeter } from '../../measure-uploads.ts';

export interface PutRoom {
  readonly store: Store;
  readonly fileBytesMax: number;
  readonly meter: UploadMeter;
}

export function putFileRoute({ store, fileBytesMax, meter }: PutRoom): Handler<operations['putFile']> {
  return async ({ params, headers, body, principal, signal, log }) => {
    const fileId = params.file_id;
    const lengthMax = headers['artstore-length-max'];
    const raw = readIntent(headers['artstore-metadata']);
    const startedMs = performance.now();
    const ended = (result: 'created' | 'known' | 'failed'): void =>
      meter.ended(result, (performance.now() - startedMs) / 1_000);
    const { created, file } = await putFile(store, {
      fileId,
      intent: { ...raw, uploadedBy: chooseAuthor(principal, raw.uploadedBy) },
      // Отказ посреди тела не должен рвать соединение: клиенту ещё нужно прочитать, почему отказано.
      body: body.iterator({ destroyOnReturn: false }),
      ownsChunks: true,
      declaredLength: headers['content-length'],
      lengthMax,
      sha256: parseDigest(headers['repr-digest']),
      // Место обещано под lengthMax: тело длиннее заняло бы чужое.
      fileBytesMax: Math.min(fileBytesMax, lengthMax ?? fileBytesMax),
      signal,
    }).catch((error: unknown) => {
      ended('failed');
      throw error;
    });
    ended(created ? 'created' : 'known');
    meter.received(file.size);
    log.info(
      { event: created ? 'file_stored' : 'file_known', fileId, bytes: file.size },
      created ? 'файл сохранён' : 'файл уже есть',
    );
    return { status: created ? 201 : 200, headers: { etag: etagOf(file) }, body: toElementFile(file) };
  };
}
