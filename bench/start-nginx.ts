// nginx для сравнения: PUT (dav) и GET (sendfile) тех же байт на том же диске. Без прав root, на свободном порту.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { DEBIAN_PROGRAMS } from '@artstore/tools/debian/debian-programs.ts';
import { obtainProgram } from '@artstore/tools/debian/find-program.ts';

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 5_000;

/** Запускает nginx в папке; undefined — программы нет и достать её не удалось. */
export async function startNginx(directory: string): Promise<Nginx | undefined> {
  const program = DEBIAN_PROGRAMS.find(({ name }) => name === 'nginx');
  const path = program === undefined ? undefined : await obtainProgram(program);
  if (path === undefined) return undefined;
  const port = await freePort();
  await mkdir(join(directory, 'files'), { recursive: true });
  await mkdir(join(directory, 'body'), { recursive: true });
  const configuration = join(directory, 'nginx.conf');
  await writeFile(configuration, nginxConfiguration(directory, port));
  const child = spawn(path, ['-p', directory, '-c', configuration, '-e', join(directory, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  await waitForPort(port);
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function nginxConfiguration(directory: string, port: number): string {
  return `
daemon off;
worker_processes auto;
pid ${directory}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 512; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_buffer_size 128k;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/body/proxy;
  fastcgi_temp_path ${directory}/body/fastcgi;
  uwsgi_temp_path ${directory}/body/uwsgi;
  scgi_temp_path ${directory}/body/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${directory}/files;
    location / { dav_methods PUT DELETE; }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('порт не выдан');
  return address.port;
}

async function waitForPort(port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw new Error('nginx не открыл порт', { cause: error });
      await new Promise((wake) => setTimeout(wake, 50));
    } finally {
      socket.destroy();
    }
  }
}
