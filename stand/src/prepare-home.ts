// Готовит папку стенда до первого процесса: подпапки, секреты, сертификаты.
import { mkdir, readFile } from 'node:fs/promises';
import { ensureCertificates } from './certificates.ts';
import type { HomeLayout } from './home-layout.ts';
import { ELEMENTS } from './parts.ts';
import { readOrCreateSecrets, type Secrets } from './secrets.ts';

export interface PreparedHome {
  readonly secrets: Secrets;
  /** Сертификат удостоверяющего центра стенда (PEM). */
  readonly ca: string;
  /** Имена того, что выпущено этим запуском. */
  readonly issued: readonly string[];
}

export async function prepareHome(layout: HomeLayout, adminPassword: string | undefined): Promise<PreparedHome> {
  for (const folder of [layout.logs, layout.cache, ...ELEMENTS.map(({ name }) => layout.elementFolder(name))]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const secrets = await readOrCreateSecrets(layout, adminPassword);
  const issued = await ensureCertificates(
    layout,
    ELEMENTS.map(({ name }) => name),
  );
  return { secrets, issued, ca: await readFile(layout.caFile, 'utf8') };
}
