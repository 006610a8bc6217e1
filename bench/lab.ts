// Рабочее место замеров: временная папка на том же диске и части системы, которые поднимаются, когда понадобятся.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCertificates } from '../stand/src/certificates.ts';
import { layoutHome } from '../stand/src/home-layout.ts';
import { type BenchStand, startBenchStand } from './bench-stand.ts';
import { type Element, type ElementOptions, startElement } from './start-element.ts';
import { type Million, makeMillion } from './million.ts';
import { type RegistryStand, startRegistry } from './registry/start-registry.ts';
import { type Nginx, startNginx } from './start-nginx.ts';
import { type TokenIssuer, startTokenIssuer } from './token-issuer.ts';

export interface Sizes {
  /** Большой файл, байт. */
  readonly largeBytes: number;
  readonly smallBytes: number;
  /** Сколько длится замер с малыми файлами. */
  readonly smallMs: number;
  /** Сколько раз повторить замер; берётся медиана. */
  readonly repeats: number;
  /** Сколько файлов в большом наборе. */
  readonly millionFiles: number;
  /** Сколько строк в реестре, по которому ищут: в малом, в обычном и в огромном наборе. */
  readonly registryFiles: number;
  readonly registryMillionFiles: number;
  readonly registryTenMillionFiles: number;
  /** Величина файла, когда их загружают 64 разом, байт; на тесном диске — меньше. */
  readonly manyLargeBytes: number;
}

export const FULL_SIZES: Sizes = {
  largeBytes: 2 ** 30,
  smallBytes: 4096,
  smallMs: 5_000,
  repeats: 3,
  millionFiles: 1_000_000,
  registryFiles: 20_000,
  registryMillionFiles: 1_000_000,
  registryTenMillionFiles: 10_000_000,
  manyLargeBytes: 2 ** 30,
};
/** Для проверки самих замеров, не для выводов. */
export const SMOKE_SIZES: Sizes = {
  largeBytes: 2 ** 24,
  smallBytes: 4096,
  smallMs: 500,
  repeats: 1,
  millionFiles: 5_000,
  registryFiles: 2_000,
  registryMillionFiles: 1_000,
  registryTenMillionFiles: 10_000,
  manyLargeBytes: 2 ** 20,
};

export interface Lab {
  readonly sizes: Sizes;
  readonly directory: string;
  nginx(): Promise<Nginx | undefined>;
  element(): Promise<Element>;
  elementTls(): Promise<Element>;
  stand(): Promise<BenchStand>;
  /** Остановленный элемент с большим набором файлов: делается один раз, годится всем строкам. */
  million(): Promise<Million>;
  /** Стенд со своими настройками сверх обычных; после остановки папка убирается. */
  separateStand(env: Record<string, string>): Promise<BenchStand>;
  /** Реестр из стольких строк и Query над ним: делается один раз на величину. */
  registry(files: number): Promise<RegistryStand>;
  /** Чистый элемент в своей папке; после остановки папка убирается. */
  separateElement(): Promise<Element>;
  close(): Promise<void>;
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}

/** Свой центр и сертификат для элемента, который меряют без стенда. */
async function issueTls(directory: string): Promise<NonNullable<ElementOptions['tls']>> {
  const layout = layoutHome(directory);
  await ensureCertificates(layout, ['bench']);
  return { ...layout.certificate('bench'), ca: await readFile(layout.caFile, 'utf8') };
}

/** Открывает место в папке .artstore корня проекта: она на том же диске, что и данные стенда, и не попадает в git. */
export async function openLab(root: string, sizes: Sizes): Promise<Lab> {
  await mkdir(join(root, '.artstore'), { recursive: true });
  const directory = await mkdtemp(join(root, '.artstore/bench-'));
  const closers: (() => Promise<void>)[] = [];
  const keep = <T extends { stop(): Promise<void> } | undefined>(part: T): T => {
    if (part !== undefined) closers.push(() => part.stop());
    return part;
  };
  const place = async (name: string): Promise<string> => {
    await mkdir(join(directory, name), { recursive: true });
    return join(directory, name);
  };
  const registries = new Map<number, RegistryStand>();
  const issuer: () => Promise<TokenIssuer> = once(async () => keep(await startTokenIssuer()));
  const stand = once(async () => keep(await startBenchStand(await place('stand'))));
  return {
    sizes,
    directory,
    nginx: once(async () => keep(await startNginx(await place('nginx')))),
    element: once(async () => keep(await startElement({ directory: await place('element'), issuer: await issuer() }))),
    elementTls: once(async () => {
      const directory = await place('element-tls');
      return keep(await startElement({ directory, issuer: await issuer(), tls: await issueTls(directory) }));
    }),
    stand,
    million: once(async () => {
      const directory = await place('million');
      const started = makeMillion({ directory, issuer: await issuer(), files: sizes.millionFiles });
      // Прервать могут и посреди наполнения, поэтому уборка записана раньше, чем набор готов.
      closers.push(() => started.close());
      await started.made;
      return started;
    }),
    async registry(files) {
      let stand = registries.get(files);
      if (stand === undefined) {
        const started = startRegistry({ directory: await place(`registry-${files}`), issuer: await issuer(), files });
        closers.push(() => started.close());
        registries.set(files, started);
        stand = started;
      }
      await stand.made;
      return stand;
    },
    async separateElement() {
      const directory = await place(`separate-${closers.length}`);
      const element = await startElement({ directory, issuer: await issuer() });
      const stop = async (): Promise<void> => {
        await element.stop();
        await rm(directory, { recursive: true, force: true });
      };
      closers.push(stop);
      return { ...element, stop };
    },
    async separateStand(env) {
      const directory = await place(`separate-${closers.length}`);
      const part = await startBenchStand(directory, env);
      const stop = async (): Promise<void> => {
        await part.stop();
        await rm(directory, { recursive: true, force: true });
      };
      closers.push(stop);
      return { ...part, stop };
    },
    async close() {
      for (const close of closers.toReversed()) await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
