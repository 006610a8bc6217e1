// Файлы, которые нужны при запуске: главный ключ, учётные записи модулей, удостоверяющий центр элементов.
// Любая неясность останавливает запуск одной понятной фразой; содержимое файлов в ней не повторяется.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { BootstrapAccount } from './accounts/bootstrap.ts';
import { MASTER_KEY_BYTES } from './identity/seal.ts';

/** Настройка верна по виду, но по ней нельзя работать. */
export class StartRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartRefused';
  }
}

interface SecretSource {
  readonly text: string | undefined;
  readonly file: string | undefined;
}

export async function readMasterKey(source: SecretSource): Promise<Buffer> {
  return await readKey('AM_MASTER_KEY', source);
}

/** undefined — главный ключ не меняют. */
export async function readPreviousMasterKey(source: SecretSource): Promise<Buffer | undefined> {
  if (source.text === undefined && source.file === undefined) return undefined;
  return await readKey('AM_MASTER_KEY_PREVIOUS', source);
}

async function readKey(name: string, { text: given, file }: SecretSource): Promise<Buffer> {
  const text = (file === undefined ? given : await readText(file))?.trim() ?? '';
  const key = Buffer.from(text, 'base64');
  if (key.length === MASTER_KEY_BYTES && /^[A-Za-z0-9+/_-]+=*$/.test(text)) return key;
  throw new StartRefused(
    `${file ?? name}: главный ключ — это ${MASTER_KEY_BYTES} байта в base64 (openssl rand -base64 32)`,
  );
}

const accountsSchema = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/),
      client_id: z.string().min(1).max(255),
      client_secret: z.string().min(16, 'секрет короче 16 знаков').max(512),
      scopes: z
        .array(z.enum(['files:read', 'files:write', 'storage:read', 'storage:write', 'admin:read', 'admin:write']))
        .min(1)
        .max(6),
    }),
  )
  .max(100);

export async function readBootstrapAccounts(file: string | undefined): Promise<readonly BootstrapAccount[]> {
  if (file === undefined) return [];
  const result = accountsSchema.safeParse(parseJson(file, await readText(file)));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new StartRefused(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'не тот вид'}`);
  }
  return result.data.map(({ name, client_id: clientId, client_secret: clientSecret, scopes }) => ({
    name,
    clientId,
    clientSecret,
    scopes: [...new Set(scopes)],
  }));
}

export async function readElementsCa(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readText(file);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new StartRefused(`${file}: здесь нет сертификата PEM`);
  return text;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ошибка чтения';
    throw new StartRefused(`${file}: файл не читается (${code})`, { cause });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StartRefused(`${file}: это не JSON`);
  }
}
