import type { GraphQLFormattedError } from 'graphql';
import type { StreamPayload } from '../../../gateway/graphql/streams/stream.ts';

/** A subscription by server-sent events, read as it comes. */
export interface EventReader {
  readonly status: number;
  readonly payloads: readonly ReceivedPayload[];
  /** Cursors, those of heartbeats included. */
  readonly ids: readonly string[];
  readonly isComplete: boolean;
  /** Waits until something is true of what has come, or the stream ends. */
  until(isSo: (reader: EventReader) => boolean): Promise<EventReader>;
  close(): void;
}

export interface ReceivedPayload extends Partial<StreamPayload> {
  readonly errors?: readonly GraphQLFormattedError[];
}

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
  const payloads: ReceivedPayload[] = [];
  const ids: string[] = [];
  let isOver = false;
  let isComplete = false;
  let wake = () => undefined as unknown;
  const read = async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      const events = (text + Buffer.from(chunk).toString()).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, id] = /^id: (.*)$/m.exec(event) ?? [];
        if (id !== undefined) ids.push(id);
        const [, name] = /^event: (.*)$/m.exec(event) ?? [];
        const [, data = ''] = /^data: (.*)$/m.exec(event) ?? [];
        // A cast: the server's payloads have this form, and tests look at them.
        if (name === 'next') payloads.push(JSON.parse(data) as ReceivedPayload);
        if (name === 'complete') isComplete = true;
      }
      wake();
    }
  };
  read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      wake();
    });
  const reader: EventReader = {
    status: response.status,
    payloads,
    ids,
    get isComplete() {
      return isComplete;
    },
    until: async (isSo) => {
      while (!isSo(reader) && !isOver)
        await new Promise<unknown>((resolve) => {
          wake = () => {
            resolve(undefined);
          };
        });
      return reader;
    },
    close: () => {
      abort.abort();
    },
  };
  return reader;
}
