// Неудачные вызовы опознанных людей и служб — в журнал действий: кому отказали, кто ошибся, чьё дело сорвалось.
// Какому действию какая операция отвечает, сказано таблицей; чтение в журнал не идёт, кроме выгрузки самого журнала.
import type { RefusedCall } from '@artstore/chassis';
import type { Schemas } from '../api-types.ts';
import { actorOf } from './actor.ts';
import type { Refusals } from './refusals.ts';

type Act = readonly [action: string, objectType: Schemas['AuditObjectType']];

export const AUDITED_OPERATIONS: Readonly<Record<string, Act>> = {
  logOut: ['logout', 'admin_user'],
  changePassword: ['password_changed', 'admin_user'],
  createAdminUser: ['admin_user_created', 'admin_user'],
  updateAdminUser: ['admin_user_updated', 'admin_user'],
  deleteAdminUser: ['admin_user_deleted', 'admin_user'],
  resetAdminUserPassword: ['admin_user_password_reset', 'admin_user'],
  unlockAdminUser: ['admin_user_unlocked', 'admin_user'],
  createServiceAccount: ['service_account_created', 'service_account'],
  updateServiceAccount: ['service_account_updated', 'service_account'],
  deleteServiceAccount: ['service_account_deleted', 'service_account'],
  rotateServiceAccountSecret: ['service_account_secret_rotated', 'service_account'],
  rotateJwtKeys: ['signing_key_rotated', 'signing_key'],
  discoverStorageElement: ['storage_element_discovered', 'storage_element'],
  registerStorageElement: ['storage_element_registered', 'storage_element'],
  updateStorageElement: ['storage_element_updated', 'storage_element'],
  deleteStorageElement: ['storage_element_removed', 'storage_element'],
  startStorageElementSync: ['sync_started', 'storage_element'],
  cancelStorageElementSync: ['sync_cancelled', 'sync'],
  transitionStorageElementMode: ['storage_element_mode_changed', 'storage_element'],
  startStorageElementReconcile: ['storage_element_reconcile_started', 'storage_element'],
  runStorageElementGc: ['storage_element_gc_started', 'storage_element'],
  registerFile: ['file_registered', 'file'],
  updateFile: ['file_updated', 'file'],
  deleteFile: ['file_deleted', 'file'],
  restoreFile: ['file_restored', 'file'],
  reportMissingFile: ['file_reported_missing', 'file'],
  exportAudit: ['audit_exported', 'audit_log'],
};

const OBJECT_ID_CHARS_MAX = 255;

export function createRefusedCalls(refusals: Refusals): (call: RefusedCall) => Promise<void> {
  return async (call) => {
    const act = AUDITED_OPERATIONS[call.operationId];
    if (act === undefined) return;
    const { code, principal, remoteAddress, params } = call;
    const [action, objectType] = act;
    const id = params['sync_id'] ?? params['file_id'] ?? params['id'];
    await refusals.note(`${principal.kind} ${principal.subject} ${remoteAddress} ${action} ${code}`, {
      actor: actorOf(call),
      action,
      objectType,
      // Параметр ещё не проверен: в нём могло прийти что угодно.
      objectId: typeof id === 'string' ? id.toWellFormed().replaceAll('\0', '').slice(0, OBJECT_ID_CHARS_MAX) : null,
      reason: code,
    });
  };
}
