import { expect } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import type { Change } from '../../../events/change.ts';
import type { TestGateway } from '../start-gateway.ts';

export type Payload = Pick<FormattedExecutionResult, 'data' | 'errors' | 'extensions'>;

/** A stream of a test, by server-sent events. */
export interface TestStream {
  next(): Promise<Payload>;
  close(): Promise<void>;
}

export interface StreamOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default `/graphql` */
  readonly path?: string;
}

/** Sends a subscription, and takes whatever comes back. */
export const requestStream = (
  { url }: Pick<TestGateway, 'url'>,
  query: string,
  { variables = {}, headers = {}, path = '/graphql' }: StreamOptions = {},
): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query, variables }),
  });

/** Opens a stream that the gateway must not refuse. */
export async function openTestStream(
  gateway: Pick<TestGateway, 'url'>,
  query: string,
  options?: StreamOptions,
): Promise<TestStream> {
  const response = await requestStream(gateway, query, options);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/event-stream'),
  ]);
  const payloads = readPayloads(response);
  return {
    next: async () => {
      const { value } = await payloads.next();
      if (value === undefined) throw new Error('The stream ended without another payload.');
      return value;
    },
    close: async () => {
      await payloads.return(undefined);
    },
  };
}

async function* readPayloads({ body }: Response): AsyncGenerator<Payload, undefined> {
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
      // A cast: the gateway writes payloads of this form.
      if (lines.includes('event: next') && data !== undefined) yield JSON.parse(data) as Payload;
    }
  }
  return undefined;
}

/** A change as a webhook tells of it. */
export const changeOf = (type: string, id: string, change: Partial<Change> = {}): Change => ({
  vendor: type === 'Customer' || type === 'Company' || type === 'Deal' ? 'hubspot' : 'stripe',
  type,
  id,
  kind: 'UPDATED',
  related: [],
  changed: [],
  at: 1_700_000_000_000,
  source: 'webhook',
  ...change,
});
