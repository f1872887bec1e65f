import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../state/redis-server.ts';

const HOST = 'graph.example.com';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** nginx with deploy/nginx.conf. */
export interface Nginx {
  /** Sends a request over TLS: GET without a body, else POST. */
  send(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  /** What a client of its own needs: `https`, or a WebSocket. */
  readonly tls: {
    readonly host: string;
    readonly port: number;
    readonly servername: string;
    readonly ca: Buffer;
  };
  /** The port without TLS. */
  readonly plainPort: number;
  close(): Promise<void>;
}

/**
 * Starts it on free ports, with a certificate of its own.
 * @param gateways are the hosts and ports of two
 * @param directives are added to its `http` block
 */
export async function startNginx(gateways: readonly string[], directives = ''): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'nginx-'));
  const [key, certificate] = [join(directory, 'tls.key'), join(directory, 'tls.crt')];
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
    ].concat(subject, ['-keyout', key, '-out', certificate]),
    { stdio: 'ignore' },
  );
  const [port, plainPort] = [await freePort(), await freePort()];
  const shipped = readFileSync('deploy/nginx.conf', 'utf8')
    .replace('127.0.0.1:4000', gateways[0] ?? '')
    .replace('127.0.0.1:4001', gateways[1] ?? '')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${String(port)} ssl;`)
    .replace('listen 80;', `listen 127.0.0.1:${String(plainPort)};`)
    .replace(/ssl_certificate \S+;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${key};`);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; pid nginx.pid; error_log stderr; events {} http { access_log off;
    ${places.map((name) => `${name}_temp_path ${name};`).join(' ')}
    ${directives} ${shipped} }`,
  );
  const nginx = spawn('nginx', ['-p', directory, '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
  const tls = { host: '127.0.0.1', port, servername: HOST, ca: readFileSync(certificate) };
  const send = async (
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const call = request({
      ...tls,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { host: HOST, 'content-type': 'application/json', ...headers },
    });
    call.end(body === undefined ? undefined : JSON.stringify(body));
    // A cast: the event has one argument.
    const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await text(response),
    };
  };
  await untilItListens(nginx, send);
  return { send, tls, plainPort, close: () => endNginx(nginx, directory) };
}

async function untilItListens(
  nginx: ChildProcess,
  send: (path: string) => Promise<Answer>,
): Promise<void> {
  while (
    await send('/').then(
      () => false,
      () => true,
    )
  ) {
    if (nginx.exitCode !== null) throw new Error('nginx was expected to listen, but has ended.');
    await wait(50);
  }
}

async function endNginx(nginx: ChildProcess, directory: string): Promise<void> {
  const ended = once(nginx, 'exit');
  nginx.kill('SIGTERM');
  await ended;
  rmSync(directory, { recursive: true });
}
