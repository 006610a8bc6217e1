// Настоящая файловая система в файле-образе: её можно переполнить, обесточить и отключить, не тронув машину.
// Подключённое отключается, чем бы ни кончилась проверка; после kill -9 самого прогона остаток найдёт npm test.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findTool } from '@artstore/tools/debian/find-program.ts';
import { cleanUp } from '../clean-up.ts';

export interface LoopDisk {
  /** Куда подключён. */
  readonly path: string;
  /** Питания нет: всё, чего нет на пластинах, потеряно, дальше любое действие — EIO. Журнал файловой системы не дописан. */
  cutPower(): void;
  mount(): void;
  unmount(): void;
  /** Отключает и занятый: процесс держит то, что открыл, а по пути диска больше нет. */
  unmountBusy(): void;
}

export interface DiskKind {
  readonly type: 'ext4' | 'xfs';
  readonly bytes: number;
  /** Добавка к mkfs. */
  readonly formatting?: readonly string[];
}

/** Малому образу mke2fs дал бы блок в 1 КиБ, которого у настоящих дисков не бывает. */
const BLOCK = { ext4: ['-b', '4096'], xfs: [] } as const;

const mounted = new Set<string>();
const images = new Set<string>();
/** Прерванная проверка своих хуков не зовёт, а уходящий процесс убрать за собой успевает. */
process.once('exit', () => {
  for (const path of mounted) {
    try {
      execFileSync('umount', ['-l', path], { stdio: 'ignore' });
    } catch {
      // Уже отключён: своей ошибкой уборка не должна закрыть ту, из-за которой проверка прервана.
    }
  }
  for (const path of images) rmSync(path, { force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

function run(name: string, words: readonly string[]): void {
  const tool = findTool(name);
  if (tool === undefined) throw new Error(`нет программы ${name}`);
  execFileSync(tool.path, words, { stdio: 'pipe', env: { ...process.env, ...tool.env } });
}

/** Почему испытание с этими программами здесь невозможно; undefined — возможно. */
export function reasonToSkip(...programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'подключать диски вправе только root';
  const absent = ['mount', 'umount', ...programs].filter((name) => findTool(name) === undefined);
  if (absent.length > 0) return `нет программ: ${absent.join(', ')}`;
  if (!existsSync('/dev/loop-control') && programs.length > 0) return 'в этом ядре нет loop-устройств';
  return undefined;
}

/** Создаёт и подключает диск; undefined — здесь нельзя, и проверка уже помечена пропущенной. */
export function createLoopDisk(t: TestContext, dir: string, kind: DiskKind): LoopDisk | undefined {
  const reason = reasonToSkip(`mkfs.${kind.type}`, 'xfs_io');
  if (reason !== undefined) {
    t.skip(reason);
    return undefined;
  }
  const image = join(dir, `${kind.type}.img`);
  writeFileSync(image, '');
  images.add(image);
  truncateSync(image, kind.bytes);
  run(`mkfs.${kind.type}`, ['-q', ...BLOCK[kind.type], ...(kind.formatting ?? []), image]);
  const path = makePoint(t, dir, kind.type);
  const disk: LoopDisk = {
    path,
    cutPower: () => run('xfs_io', ['-x', '-c', 'shutdown', path]),
    mount: () => attach(path, ['-t', kind.type, '-o', 'loop', image]),
    unmount: () => detach(path, []),
    unmountBusy: () => detach(path, ['-l']),
  };
  try {
    disk.mount();
  } catch (error) {
    t.skip(`подключить ${kind.type} здесь нельзя: ${String(error)}`);
    return undefined;
  }
  return disk;
}

/** Диск в памяти, длину которого можно менять на ходу; undefined — здесь нельзя, и проверка уже помечена пропущенной. */
export function createMemoryDisk(
  t: TestContext,
  dir: string,
  bytes: number,
): { path: string; resize(bytes: number): void } | undefined {
  const reason = reasonToSkip();
  if (reason !== undefined) {
    t.skip(reason);
    return undefined;
  }
  const path = makePoint(t, dir, 'tmpfs');
  try {
    attach(path, ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs']);
  } catch (error) {
    t.skip(`подключить tmpfs здесь нельзя: ${String(error)}`);
    return undefined;
  }
  return { path, resize: (size) => run('mount', ['-o', `remount,size=${size}`, path]) };
}

/** Создаёт место подключения и обещает его освободить раньше, чем уберут каталог испытания. */
function makePoint(t: TestContext, dir: string, name: string): string {
  const path = join(dir, `disk-${name}`);
  mkdirSync(path);
  cleanUp(t, () => {
    if (mounted.has(path)) execFileSync('umount', ['-l', path], { stdio: 'ignore' });
    mounted.delete(path);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

function attach(path: string, words: readonly string[]): void {
  run('mount', [...words, path]);
  mounted.add(path);
}

function detach(path: string, words: readonly string[]): void {
  run('umount', [...words, path]);
  mounted.delete(path);
}
