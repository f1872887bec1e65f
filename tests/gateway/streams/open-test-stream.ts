import { expect } from '@jest/globals';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { TestGateway } from '../start-gateway.ts';
import { RawSocket } from '../transports/raw-socket.ts';

export type Payload = Pick<FormattedExecutionResult, 'data' | 'errors' | 'extensions'>;

/** A stream of a test. */
export interface TestStream {
  /** The next payload. Errors that end the stream are the last one. */
  next(): Promise<Payload>;
  close(): Promise<void>;
}

/** All that a subscription can be sent by. */
export const TRANSPORTS = ['sse', 'sse by GET', 'multipart', 'websocket'] as const;

export interface StreamOptions {
  /** @default 'sse' */
  readonly transport?: (typeof TRANSPORTS)[number];
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Of a WebSocket: the payload of `connection_init`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default `/graphql` */
  readonly path?: string;
}

type Server = Pick<TestGateway, 'url'>;

/** Opens a stream that the gateway must not refuse. */
export async function openTestStream(
  gateway: Server,
  query: string,
  options: StreamOptions = {},
): Promise<TestStream> {
  if (options.transport === 'websocket') {
    const { socket, first } = await subscribeBySocket(gateway, query, options);
    if (first['type'] !== 'ping') socket.close();
    // The first heartbeat: the stream is open.
    expect(first).toMatchObject({ type: 'ping', payload: { cursor: expect.any(String) } });
    return {
      next: async () => payloadOf(await socket.next()),
      close: async () => {
        socket.close();
        await socket.closed;
      },
    };
  }
  const response = await requestStream(gateway, query, options);
  const { contentType } = formatOf(options);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining(contentType),
  ]);
  const payloads = readPayloads(response, options);
  return {
    next: async () => {
      const { value } = await payloads.next();
      if (value === undefined) throw new Error('The stream ended without another payload.');
      return value;
    },
    close: async () => {
      await payloads.return(undefined);
      // Where nothing was read of it, that ends no response.
      await response.body?.cancel();
    },
  };
}

/**
 * Sends a subscription that must get no stream.
 * @returns its first error, and the status over HTTP
 */
export async function openRefused(
  gateway: Server,
  query: string,
  options: StreamOptions,
): Promise<{ readonly status?: number; readonly error: GraphQLFormattedError | undefined }> {
  if (options.transport === 'websocket') {
    const { socket, first } = await subscribeBySocket(gateway, query, options);
    expect(first).toMatchObject({ type: 'error' });
    socket.close();
    return { error: payloadOf(first).errors?.[0] };
  }
  const response = await requestStream(gateway, query, options);
  const { status } = response;
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const payloads = isJson ? undefined : readPayloads(response, options);
  // A cast: a refusal has this form.
  const body = payloads ? (await payloads.next()).value : ((await response.json()) as Payload);
  expect(body).toEqual({ errors: expect.any(Array) });
  // The response ends with it.
  expect(await payloads?.next()).toEqual(payloads && { done: true });
  return { status, error: body?.errors?.[0] };
}

/** Sends a subscription over HTTP, and takes whatever comes back. */
export function requestStream(
  { url }: Server,
  query: string,
  options: StreamOptions = {},
): Promise<Response> {
  const { transport, variables = {}, headers = {}, path = '/graphql' } = options;
  const { accept } = formatOf(options);
  if (transport !== 'sse by GET')
    return fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...headers },
      body: JSON.stringify({ query, variables }),
    });
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  return fetch(`${url}${path}?${search.toString()}`, {
    headers: { 'apollo-require-preflight': '1', accept, ...headers },
  });
}

interface HttpFormat {
  readonly accept: string;
  readonly contentType: string;
  /** Is behind each event or part. */
  readonly separator: string;
  /** @returns undefined for a heartbeat, and what is no payload */
  readonly read: (text: string) => Payload | undefined;
}

const EVENT_STREAM: HttpFormat = {
  accept: 'text/event-stream',
  contentType: 'text/event-stream',
  separator: '\n\n',
  read: (text) => {
    const lines = text.split('\n');
    const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
    // A cast: the gateway writes payloads of this form.
    return lines.includes('event: next') && data !== undefined
      ? (JSON.parse(data) as Payload)
      : undefined;
  },
};

const MULTIPART: HttpFormat = {
  accept: 'multipart/mixed;subscriptionSpec=1.0',
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  separator: '\r\n--graphql',
  read: (text) => {
    const [, json] = text.split('\r\n\r\n');
    if (json === undefined) return undefined;
    // A cast: the gateway writes parts of this form.
    const { payload, errors } = JSON.parse(json) as {
      readonly payload?: Payload | null;
      readonly errors?: readonly GraphQLFormattedError[];
    };
    return payload ?? (errors && { errors });
  },
};

const formatOf = ({ transport }: StreamOptions) =>
  transport === 'multipart' ? MULTIPART : EVENT_STREAM;

async function* readPayloads(
  { body }: Response,
  options: StreamOptions,
): AsyncGenerator<Payload, undefined> {
  const { separator, read } = formatOf(options);
  let text = '';
  for await (const chunk of body ?? []) {
    const parts = (text + Buffer.from(chunk).toString()).split(separator);
    text = parts.pop() ?? '';
    for (const part of parts) {
      const payload = read(part);
      if (payload !== undefined) yield payload;
    }
  }
  return undefined;
}

async function subscribeBySocket(
  { url }: Server,
  query: string,
  { variables = {}, headers, path = '/graphql' }: StreamOptions,
) {
  const socket = await RawSocket.ready(url, headers, { path });
  socket.subscribe('1', query, { variables });
  return { socket, first: await socket.take() };
}

/** What a message of a WebSocket says, as other transports say it. */
function payloadOf({ type, payload }: Readonly<Record<string, unknown>>): Payload {
  if (type === 'complete') throw new Error('The stream ended without another payload.');
  // Casts: the gateway sends messages of this form.
  return type === 'error'
    ? { errors: payload as readonly GraphQLFormattedError[] }
    : (payload as Payload);
}
