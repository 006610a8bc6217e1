// Образцы формата: что эта версия пишет при заданных именах, часах и соли. Путь от папки образцов → байты.
// Папка названа номером формата: новый формат получает новую папку, прежние остаются, их обязана читать и новая версия.
import { attrToJson, sealAttr } from '../../src/engine/attr.ts';
import { writeElement } from './element-case.ts';
import { encodeFrames, LOG_FRAMES } from './log-cases.ts';
import { SIDECAR_CASES } from './sidecar-cases.ts';

const CATALOG = 'element/data/catalog/catalog.db';
export const FIXTURES = new URL('./v1/', import.meta.url);

export interface FixtureTree {
  /** Обязаны совпасть с образцом до байта. */
  readonly exact: ReadonlyMap<string, Uint8Array>;
  /** Пишутся рядом, но вправе отличаться: база указателя. */
  readonly loose: ReadonlyMap<string, Uint8Array>;
}

/** Пишет все образцы этой версией. */
export async function writeFixtureTree(): Promise<FixtureTree> {
  const exact = new Map<string, Uint8Array>();
  for (const [name, file] of Object.entries(SIDECAR_CASES)) {
    exact.set(`sidecars/${name}.attr.json`, Buffer.from(sealAttr(attrToJson(file))));
    exact.set(`sidecars/${name}.expected.json`, jsonBytes(file));
  }
  exact.set('log/frames.bin', encodeFrames());
  exact.set('log/frames.expected.json', jsonBytes(LOG_FRAMES));
  const { files, catalog, expected } = await writeElement();
  for (const [path, bytes] of files) exact.set(`element/${path}`, bytes);
  exact.set('element.expected.json', jsonBytes(expected));
  return { exact, loose: new Map([[CATALOG, catalog]]) };
}

/** Значение строкой JSON; байты — как { "base64": … }. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, replaceBytes, 1)}\n`);
}

function replaceBytes(this: unknown, key: string, value: unknown): unknown {
  const raw = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value;
  return raw instanceof Uint8Array ? { base64: Buffer.from(raw).toString('base64') } : value;
}
