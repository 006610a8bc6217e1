// Местный удостоверяющий центр и сертификаты элементов хранения. Обещание: годное сохраняется между запусками,
// истекающее выпускается заново, закрытые ключи доступны только владельцу.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import type { HomeLayout } from './home-layout.ts';
import { codeOf } from './stand-error.ts';
import { writePrivateFile } from './write-private-file.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const RENEW_BEFORE_MS = 30 * DAY_MS;
const SERVER_NAMES = ['localhost', '127.0.0.1'] as const;

/** Выпускает то, чего нет или что скоро истечёт. Возвращает имена выпущенного. */
export async function ensureCertificates(
  layout: HomeLayout,
  elements: readonly string[],
  now = new Date(),
): Promise<string[]> {
  await mkdir(layout.tls, { recursive: true, mode: 0o700 });
  const issued: string[] = [];
  let ca = await readPair(layout.caFile, layout.caKey);
  if (ca === undefined || expiresSoon(ca.certificate, now) || !ca.certificate.ca) {
    const { issueAuthority } = await import('./issue-certificate.ts');
    const fresh = await issueAuthority(now);
    // Ключ раньше сертификата: сертификат без своего ключа бесполезен, и пара читается только целой.
    await writePrivateFile(layout.caKey, fresh.key);
    await writePrivateFile(layout.caFile, fresh.certificate, 0o644);
    ca = { certificate: new X509Certificate(fresh.certificate), pem: fresh.certificate, key: fresh.key };
    issued.push('ca');
  }
  for (const name of elements) {
    const files = layout.certificate(name);
    const pair = await readPair(files.certFile, files.keyFile);
    if (pair !== undefined && isGoodServer(pair.certificate, ca.certificate, now)) continue;
    const { issueServer } = await import('./issue-certificate.ts');
    const fresh = await issueServer({ authority: ca, name, hosts: SERVER_NAMES, now });
    await writePrivateFile(files.keyFile, fresh.key);
    await writePrivateFile(files.certFile, fresh.certificate, 0o644);
    issued.push(name);
  }
  return issued;
}

interface Pair {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly key: string;
}

/** Пара, которую можно прочесть и в которой ключ подходит к сертификату; иначе её всё равно что нет. */
async function readPair(certFile: string, keyFile: string): Promise<Pair | undefined> {
  try {
    const [pem, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const certificate = new X509Certificate(pem);
    return certificate.checkPrivateKey(createPrivateKey(key)) ? { certificate, pem, key } : undefined;
  } catch (error) {
    if (codeOf(error) === 'EACCES') throw error;
    return undefined;
  }
}

function isGoodServer(certificate: X509Certificate, authority: X509Certificate, now: Date): boolean {
  const named = SERVER_NAMES.every(
    (name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined,
  );
  return named && certificate.verify(authority.publicKey) && !expiresSoon(certificate, now);
}

function expiresSoon(certificate: X509Certificate, now: Date): boolean {
  return certificate.validToDate.getTime() - now.getTime() < RENEW_BEFORE_MS || certificate.validFromDate > now;
}
