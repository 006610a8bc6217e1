// Выпуск сертификатов X.509 (RFC 5280). Отдельная комната: библиотека грузится, только когда есть что выпускать.
// oxlint-disable-next-line import/no-unassigned-import -- библиотека ждёт Reflect.getMetadata до своей загрузки
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
/** Больше 398 дней некоторые клиенты серверному сертификату не прощают. */
const SERVER_DAYS = 397;
/** Часы соседей могут отставать. */
const BACKDATE_MS = 60 * 60 * 1000;

export interface IssuedPair {
  readonly certificate: string;
  readonly key: string;
}

export async function issueAuthority(now: Date): Promise<IssuedPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now, AUTHORITY_DAYS),
    serialNumber: serial(),
    name: `CN=ArtStore local CA ${randomBytes(4).toString('hex')}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: endLine(certificate.toString('pem')), key: await exportKey(keys.privateKey) };
}

export interface ServerWish {
  readonly authority: { readonly pem: string; readonly key: string };
  readonly name: string;
  readonly hosts: readonly string[];
  readonly now: Date;
}

export async function issueServer({ authority, name, hosts, now }: ServerWish): Promise<IssuedPair> {
  const issuer = new x509.X509Certificate(authority.pem);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.key),
    ALGORITHM,
    false,
    ['sign'],
  );
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(now, SERVER_DAYS),
    serialNumber: serial(),
    subject: `CN=${name}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certificate: endLine(certificate.toString('pem')), key: await exportKey(keys.privateKey) };
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - BACKDATE_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

/** 126 случайных бит: положительное число без ведущего нуля. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return endLine(x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'));
}

function endLine(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
