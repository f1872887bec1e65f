import { once } from 'node:events';
import { MAPS } from '../../../subgraphs/maps/service.ts';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientDisconnected } from '../../../request/deadline.ts';
import { createHttpServer, serve } from '../../../gateway/server/http-server.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';

const log: string[] = [];
const app = createHttpServer(
  { level: 'warn', secrets: [], write: (line) => log.push(line) },
  { bodyBytes: 1024 * 1024 },
);
let port: number;

beforeAll(async () => {
  serve(app, ['GET'], '/there', (_request, reply) => reply.send({}));
  serve(app, ['GET'], '/late', () =>
    Promise.reject(new UpstreamError('UPSTREAM_TIMEOUT', MAPS, { cause: clientDisconnected() })),
  );
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => app.close());

async function send(...lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  // The server may close before it has read all; what it said first is what counts.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write([...lines, 'connection: close', '', ''].join('\r\n'));
  return text(socket);
}

describe('the HTTP server', () => {
  it.each([
    ['HTTP/1.1 417', ['GET /there HTTP/1.1', 'host: x', 'expect: foo']],
    ['HTTP/1.1 400', ['GET /there HTTP/1.1']],
  ])('has the reason of %s in the body', async (status, lines) => {
    const answer = await send(...lines);
    expect(answer.split('\r\n')[0]).toContain(status);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  it('logs no vendor failure of a request whose client has disconnected', async () => {
    await app.inject('/late');
    expect(log).toEqual([]);
  });
});
