// Режимы элемента и то, что каждый разрешает (требования, 3.1). Чистые правила.
import type { RetentionPolicy } from './file.ts';

export type StorageMode = 'edit' | 'rw' | 'ro' | 'ar';
export type FileOperation = 'upload' | 'download' | 'update' | 'delete' | 'restore' | 'list' | 'metadata';

const ALLOWED: Readonly<Record<StorageMode, readonly FileOperation[]>> = {
  edit: ['upload', 'download', 'update', 'delete', 'restore', 'list', 'metadata'],
  rw: ['upload', 'download', 'update', 'list', 'metadata'],
  ro: ['download', 'list', 'metadata'],
  ar: ['list', 'metadata'],
};

/** Какой политике служит режим: черновики живут в edit, постоянные файлы — в rw (требования, 2.8). */
const POLICY_OF_MODE: Readonly<Partial<Record<StorageMode, RetentionPolicy>>> = { edit: 'temporary', rw: 'permanent' };

export function allowedOperations(mode: StorageMode): readonly FileOperation[] {
  return ALLOWED[mode];
}

export function allows(mode: StorageMode, operation: FileOperation): boolean {
  return ALLOWED[mode].includes(operation);
}

/** Убирает ли режим истёкшее и удалённое: ro и ar не меняются. */
export function collects(mode: StorageMode): boolean {
  return mode === 'edit' || mode === 'rw';
}

export function acceptsPolicy(mode: StorageMode, policy: RetentionPolicy): boolean {
  return POLICY_OF_MODE[mode] === policy;
}

/**
 * Чем кончится переход: 'allowed', 'confirm' (нужно подтверждение) или 'invalid'.
 * edit замкнут; rw → ro → ar по одному шагу; назад только ro → rw и только с подтверждением.
 */
export function judgeTransition(from: StorageMode, to: StorageMode): 'allowed' | 'confirm' | 'invalid' {
  if ((from === 'rw' && to === 'ro') || (from === 'ro' && to === 'ar')) return 'allowed';
  return from === 'ro' && to === 'rw' ? 'confirm' : 'invalid';
}
