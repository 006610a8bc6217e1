// Вызовы элемента хранения с ответом JSON: путь, тело, форма ответа. Как именно зовут — дело переданного call.

import { elementChanges, elementFile, elementFilePage, modeState } from './file-shapes.ts';
import type { JsonCall } from './call-json.ts';
import type { ElementAddress } from './element-reply.ts';
import type { Shape } from './shape.ts';
import type { StorageElementClient } from './storage-element-client.ts';
import { gcState, reconcileState } from './upkeep-shapes.ts';

/** Страница по дальней сети едет столько, сколько едет: молчание обрывает соединение раньше, этот предел — от капели. */
const LIST_TIMEOUT_MS = 5 * 60_000;
/** Страница из 1000 описаний по 8 КиБ метаданных и имени. */
const PAGE_BYTES_MAX = 32 * 1024 * 1024;

export interface ElementCall<T> {
  readonly method: JsonCall['method'];
  readonly path: string;
  readonly shape: Shape<T>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly replyBytesMax?: number;
  /** О каком файле речь: FILE_NOT_FOUND о другом — не ответ. */
  readonly fileId?: string;
}

export type CallElement = <T>(element: ElementAddress, call: ElementCall<T>) => Promise<T>;

type FileOperations = Pick<
  StorageElementClient,
  'listFiles' | 'listChanges' | 'getFile' | 'updateFile' | 'deleteFile' | 'restoreFile'
>;
type UpkeepOperations = Pick<
  StorageElementClient,
  'transitionMode' | 'startReconcile' | 'getReconcile' | 'runGc' | 'getGc'
>;

export function fileOperations(call: CallElement): FileOperations {
  const list = { method: 'GET', timeoutMs: LIST_TIMEOUT_MS, replyBytesMax: PAGE_BYTES_MAX } as const;
  const filePath = (fileId: string): string => `/api/v1/files/${encodeURIComponent(fileId)}`;
  return {
    listFiles: (element, { limit, after, status, signal }) =>
      call(element, {
        ...list,
        path: `/api/v1/files?${query({ limit, after, status })}`,
        shape: elementFilePage,
        signal,
      }),
    listChanges: (element, { after, limit, historyFrom, signal }) =>
      call(element, {
        ...list,
        path: `/api/v1/changes?${query({ after, limit, history_from: historyFrom })}`,
        shape: elementChanges,
        signal,
      }),
    getFile: (element, fileId, signal) =>
      call(element, { method: 'GET', path: filePath(fileId), shape: elementFile, signal, fileId }),
    updateFile: (element, fileId, edit, signal) =>
      call(element, { method: 'PATCH', path: filePath(fileId), body: edit, shape: elementFile, signal, fileId }),
    deleteFile: (element, fileId, signal) =>
      call(element, { method: 'DELETE', path: filePath(fileId), shape: nothing, signal, fileId }),
    restoreFile: (element, fileId, signal) =>
      call(element, { method: 'POST', path: `${filePath(fileId)}/restore`, shape: elementFile, signal, fileId }),
  };
}

export function upkeepOperations(call: CallElement): UpkeepOperations {
  const reconcilePath = '/api/v1/maintenance/reconcile';
  const gcPath = '/api/v1/maintenance/gc';
  return {
    transitionMode: (element, { targetMode, confirm, signal }) =>
      call(element, {
        method: 'POST',
        path: '/api/v1/mode/transition',
        body: { target_mode: targetMode, ...(confirm === undefined ? {} : { confirm }) },
        shape: modeState,
        signal,
      }),
    startReconcile: (element, options, signal) =>
      call(element, { method: 'POST', path: reconcilePath, body: options, shape: reconcileState, signal }),
    getReconcile: (element, signal) =>
      call(element, { method: 'GET', path: reconcilePath, shape: reconcileState, signal }),
    runGc: (element, options, signal) =>
      call(element, { method: 'POST', path: gcPath, body: options, shape: gcState, signal }),
    getGc: (element, signal) => call(element, { method: 'GET', path: gcPath, shape: gcState, signal }),
  };
}

const nothing: Shape<void> = () => undefined;

function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.toString();
}
