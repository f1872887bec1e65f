import { expect } from '@jest/globals';
import type { GraphQLFormattedError } from 'graphql';
import { parseCursor } from '../../../events/log/cursor.ts';
import { comparePositions } from '../../../events/log/position.ts';
import type { StreamPayload } from '../../../gateway/graphql/streams/stream.ts';

export interface ReceivedPayload extends Partial<StreamPayload> {
  readonly errors?: readonly GraphQLFormattedError[];
}

/** A subscription, as what it has sent so far. */
export class EventReader {
  /** Of the HTTP response; 101 for a WebSocket. */
  readonly status: number;
  /** Errors that end the stream are a payload without data. */
  readonly payloads: ReceivedPayload[] = [];
  /** Cursors, those of heartbeats included. */
  readonly ids: string[] = [];
  /** Whether the server has ended the stream, and not only the connection. */
  isComplete = false;
  readonly close: () => void;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(status: number, close: () => void) {
    this.status = status;
    this.close = close;
  }

  /** @param reading reads until the end. A connection that breaks is an end, too */
  readUntilEnd(reading: Promise<void>): this {
    reading
      .catch(() => undefined)
      .finally(() => {
        this.#isOver = true;
        this.#wake();
      });
    return this;
  }

  /** Something has come. */
  received(): void {
    this.#wake();
  }

  /** Waits until something is true of what has come, or the stream ends. */
  async until(isSo: (reader: this) => boolean): Promise<this> {
    while (!isSo(this) && !this.#isOver)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this;
  }
}

/** Reads a subscription by server-sent events. */
export async function subscribe(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
    signal: abort.signal,
  });
  const reader = new EventReader(response.status, () => {
    abort.abort();
  });
  return reader.readUntilEnd(read(response, reader));
}

/** Reads a subscription whose stream is open: its first heartbeat has arrived. */
export const openSubscription = async (url: string, query: string): Promise<EventReader> =>
  (await subscribe(url, { query })).until(({ ids }) => ids.length > 0);

async function read({ body }: Response, reader: EventReader): Promise<void> {
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, id] = /^id: (.*)$/m.exec(event) ?? [];
      if (id !== undefined) reader.ids.push(id);
      const [, name] = /^event: (.*)$/m.exec(event) ?? [];
      const [, data = ''] = /^data: (.*)$/m.exec(event) ?? [];
      // A cast: the server's payloads have this form, and tests look at them.
      if (name === 'next') reader.payloads.push(JSON.parse(data) as ReceivedPayload);
      if (name === 'complete') reader.isComplete = true;
    }
    reader.received();
  }
}

/** The payments that `subscription { paymentChanged { id } }` has received. */
export const idsOf = ({ payloads }: Pick<EventReader, 'payloads'>): readonly string[] =>
  payloads.flatMap(({ data }) => {
    // A cast: it is what the subscription selects.
    const change = data?.['paymentChanged'] as { readonly id: string } | null | undefined;
    return change == null ? [] : [change.id];
  });

/** Each payload has a cursor, and it is after the one before. */
export function expectAscendingCursors({ payloads }: EventReader): void {
  const positions = payloads.flatMap(
    ({ extensions }) => parseCursor(extensions?.cursor ?? '')?.position ?? [],
  );
  expect(positions).toHaveLength(payloads.length);
  positions.slice(1).forEach((position, index) => {
    const before = positions[index];
    if (before !== undefined) expect(comparePositions(before, position)).toBeLessThan(0);
  });
}
