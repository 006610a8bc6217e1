// Для проверок: самоподписанный сертификат сервера (X.509, RFC 5280), записанный прямо в DER,
// чтобы проверки не зависели от openssl на машине.
import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

const HOUR_MS = 3_600_000;
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));

/** Сертификат на localhost и 127.0.0.1; он же — свой удостоверяющий центр. lifeHours — сколько ему осталось. */
export function makeCertificate(lifeHours = 24): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = toBeSigned(publicKey, lifeHours);
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ECDSA_SHA256, bitString(signature));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

function toBeSigned(publicKey: KeyObject, lifeHours: number): Buffer {
  const name = sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('artstore test')))));
  const now = Date.now();
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  return sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    ECDSA_SHA256,
    name,
    sequence(utcTime(now - HOUR_MS), utcTime(now + lifeHours * HOUR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(basicConstraints(), alternativeNames())),
  );
}

function basicConstraints(): Buffer {
  const critical = tlv(0x01, Buffer.from([0xff]));
  return sequence(oid('551d13'), critical, tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))));
}

function alternativeNames(): Buffer {
  const names = sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  return sequence(oid('551d11'), tlv(0x04, names));
}

function utcTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${text}Z`));
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function bitString(bytes: Buffer): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function tlv(tag: number, value: Buffer): Buffer {
  const length =
    value.length < 128
      ? [value.length]
      : value.length < 256
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
