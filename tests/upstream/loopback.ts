import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  createServer as createSocketServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { CRM } from '../../subgraphs/crm/service.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { ownResources } from '../subgraphs/test-resources.ts';
import {
  createUpstreamClient,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../../upstream/upstream-client.ts';
import type { UpstreamRequest } from '../../upstream/upstream-request.ts';

export const SECRET = 'sk_secret_of_this_test';

export interface Loopback extends AsyncDisposable {
  readonly client: UpstreamClient;
  /** How many connections were opened to the server. */
  readonly connections: () => number;
  readonly baseUrl: string;
}

type Options = Partial<Omit<UpstreamClientOptions, 'baseUrl'>> & { readonly prefix?: string };

/** A server that answers HTTP, and a client to it. */
export const serve = (listener: RequestListener, options: Options = {}): Promise<Loopback> =>
  listen(createServer(listener), options);

/** A server with full control of its connection, and a client of it. */
export const serveSocket = (
  onConnection: (socket: Socket) => void,
  options: Options = {},
): Promise<Loopback> => listen(createSocketServer(onConnection), options);

async function listen(server: Server, { prefix = '', ...options }: Options): Promise<Loopback> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has this kind of address.
  const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${prefix}`;
  const client = createUpstreamClient({
    service: CRM,
    vendor: 'hubspot',
    baseUrl,
    authorize: ({ headers }) => {
      headers['authorization'] = `Bearer ${SECRET}`;
    },
    policy: { maxConcurrency: 10 },
    resources: ownResources(),
    ...options,
  });
  return {
    client,
    baseUrl,
    connections: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const get = (
  path = '/v1/things',
  over: Partial<UpstreamRequest<unknown>> = {},
): UpstreamRequest<unknown> => ({
  method: 'GET',
  path,
  read: (body) => body,
  ...over,
});

/** @param signal without one, time is up after half a minute. */
export const scopeOf = (signal?: AbortSignal): RequestScope => ({
  signal: signal ?? AbortSignal.timeout(TIMEOUT_MS),
  trace: createCallTrace(),
  deadlineAt: performance.now() + TIMEOUT_MS,
});

const TIMEOUT_MS = 30_000;

/** A promise and the way to settle it from outside. */
export function gate(): { readonly opened: Promise<unknown>; readonly open: () => void } {
  const opener = new EventTarget();
  const opened = new Promise((resolve) => {
    opener.addEventListener('open', resolve, { once: true });
  });
  return { opened, open: () => void opener.dispatchEvent(new Event('open')) };
}
