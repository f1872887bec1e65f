import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { EventReader, type ReceivedPayload, subscribe } from './read-events.ts';

export const TRANSPORTS = ['sse', 'websocket', 'multipart'] as const;

export type Transport = (typeof TRANSPORTS)[number];

export interface SubscribeBody {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

/** Reads a subscription by one of the transports. */
export const subscribeBy: Readonly<
  Record<Transport, (url: string, body: SubscribeBody) => Promise<EventReader>>
> = { sse: subscribe, websocket: subscribeByWebSocket, multipart: subscribeByMultipart };

function subscribeByWebSocket(url: string, body: SubscribeBody): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      on: {
        connected: () => {
          resolve(reader);
        },
        ping: (isReceived, payload) => {
          const cursor = payload?.['cursor'];
          if (isReceived && typeof cursor === 'string') reader.ids.push(cursor);
          reader.received();
        },
      },
    });
    const reader = new EventReader(101, () => void client.dispose());
    reader.readUntilEnd(
      (async () => {
        try {
          for await (const payload of client.iterate(body))
            take(reader, payload as ReceivedPayload);
          reader.isComplete = true;
        } catch (error) {
          // Errors of the operation; else the socket was closed.
          if (!Array.isArray(error)) throw error;
          take(reader, { errors: error as NonNullable<ReceivedPayload['errors']> });
          reader.isComplete = true;
        } finally {
          reject(new Error('The socket was closed.'));
          await client.dispose();
        }
      })(),
    );
  });
}

async function subscribeByMultipart(url: string, body: SubscribeBody): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;subscriptionSpec=1.0',
    },
    body: JSON.stringify(body),
    signal: abort.signal,
  });
  const reader = new EventReader(response.status, () => {
    abort.abort();
  });
  return reader.readUntilEnd(readParts(response, reader));
}

async function readParts({ body }: Response, reader: EventReader): Promise<void> {
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (text + chunk).split('\r\n--graphql');
    text = parts.pop() ?? '';
    for (const part of parts) readPart(part, reader);
    reader.isComplete = text === '--\r\n';
    reader.received();
  }
}

function readPart(part: string, reader: EventReader): void {
  const [, json] = part.split('\r\n\r\n');
  if (json === undefined) return;
  // A cast: the server's parts have this form. A heartbeat has neither.
  const { payload, errors } = JSON.parse(json) as {
    readonly payload?: ReceivedPayload | null;
    readonly errors?: ReceivedPayload['errors'];
  };
  if (payload != null) take(reader, payload);
  else if (errors !== undefined) take(reader, { errors });
}

/** The cursor is that of the payload, or of the errors that end the stream. */
function take(reader: EventReader, payload: ReceivedPayload): void {
  const cursor = payload.extensions?.cursor ?? payload.errors?.[0]?.extensions?.['cursor'];
  reader.payloads.push(payload);
  if (typeof cursor === 'string') reader.ids.push(cursor);
  reader.received();
}
