// GET и HEAD /api/v1/files/{file_id}/download: описание ответа становится ответом.
import type { Handler } from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/query-module.gen.ts';
import { Readable } from 'node:stream';
import { type DownloadRoom, openDownload } from '../../download/open-download.ts';

export function downloadFileRoute(room: DownloadRoom): Handler<operations['downloadFile']> {
  return async ({ params, headers, signal, log }) => {
    const {
      status,
      headers: answer,
      body,
    } = await openDownload(room, {
      fileId: params.file_id,
      method: 'GET',
      conditions: headers,
      signal,
      log,
    });
    return status === 304 ? { status, headers: answer } : { status, headers: answer, body: body ?? Readable.from([]) };
  };
}

export function headDownloadRoute(room: DownloadRoom): Handler<operations['headDownload']> {
  return async ({ params, headers, signal, log }) => {
    const { status, headers: answer } = await openDownload(room, {
      fileId: params.file_id,
      method: 'HEAD',
      conditions: headers,
      signal,
      log,
    });
    return { status: status === 304 ? status : 200, headers: answer };
  };
}
