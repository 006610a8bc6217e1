import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import tls from 'node:tls';
import { temporaryDirectory } from '@artstore/testing';
import { ensureCertificates } from './certificates.ts';
import { layoutHome } from './home-layout.ts';

const DAY_MS = 86_400_000;

test('сертификат годится для localhost и 127.0.0.1, а без нашего центра ему не верят', async (t) => {
  const layout = layoutHome(await temporaryDirectory(t));
  assert.deepEqual(await ensureCertificates(layout, ['se-edit']), ['ca', 'se-edit']);
  const files = layout.certificate('se-edit');
  const server = tls.createServer({ cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) }, (socket) =>
    socket.end(),
  );
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const connect = async (host: string, ca?: Buffer) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      port,
      servername: host === '127.0.0.1' ? '' : host,
      checkServerIdentity: (_, cert) => tls.checkServerIdentity(host, cert),
      ...(ca ? { ca } : {}),
    });
    socket.on('close', () => undefined);
    await once(socket, 'secureConnect');
    socket.destroy();
  };
  const ca = readFileSync(layout.caFile);
  await connect('localhost', ca);
  await connect('127.0.0.1', ca);
  await assert.rejects(connect('example.org', ca), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await assert.rejects(connect('localhost'));
  assert.deepEqual(
    [layout.caKey, files.keyFile].map((file) => statSync(file).mode & 0o777),
    [0o600, 0o600],
  );
});

test('годное остаётся, истекающее и испорченное выпускается заново', async (t) => {
  const layout = layoutHome(await temporaryDirectory(t));
  await ensureCertificates(layout, ['se-edit', 'se-rw']);
  assert.deepEqual(await ensureCertificates(layout, ['se-edit', 'se-rw']), []);
  assert.deepEqual(await ensureCertificates(layout, ['se-edit', 'se-rw'], new Date(Date.now() + 370 * DAY_MS)), [
    'se-edit',
    'se-rw',
  ]);
  writeFileSync(layout.certificate('se-rw').keyFile, 'мусор');
  assert.deepEqual(await ensureCertificates(layout, ['se-edit', 'se-rw'], new Date(Date.now() + 370 * DAY_MS)), [
    'se-rw',
  ]);
  assert.deepEqual(await ensureCertificates(layout, ['se-edit', 'se-rw'], new Date(Date.now() + 3640 * DAY_MS)), [
    'ca',
    'se-edit',
    'se-rw',
  ]);
});
