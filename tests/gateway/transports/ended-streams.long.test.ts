import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApolloClient,
  CombinedGraphQLErrors,
  CombinedProtocolErrors,
  gql,
  HttpLink,
  InMemoryCache,
} from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, fetchExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';
import { HttpStreamClient } from './http-stream-client.ts';

let gateway: TestGateway;
let payment: string;
let closed: Promise<void> | undefined;
beforeAll(() => {
  // Apollo Client counts on the one of browsers.
  Object.assign(globalThis, { WebSocket });
});
beforeEach(async () => {
  gateway = await startTestGateway();
  payment = await firstPayment(gateway);
  closed = undefined;
});
afterEach(() => closed ?? gateway.close());

const drain = () => {
  closed ??= gateway.close();
};

const httpUrl = () => `${gateway.url}/graphql`;
const webSocketUrl = () => httpUrl().replace('http', 'ws');
const DRAINING = {
  message: expect.any(String),
  extensions: {
    code: 'SERVER_DRAINING',
    retryable: true,
    cursor: expect.stringMatching(/^\w+\.\d+-\d+$/),
  },
};

/** Changes a payment until something has come of it: until a stream is open, changes are none of its. */
async function changeUntil(isOpen: () => boolean): Promise<void> {
  while (!isOpen()) {
    await changePayment(gateway, payment);
    await turn();
  }
}

/** Of the forms of all clients. */
const hasErrors = (result: unknown) => {
  const { errors, error } = (result ?? {}) as {
    readonly errors?: unknown;
    readonly error?: unknown;
  };
  return (errors ?? error) !== undefined;
};

interface Seen {
  readonly type: 'next' | 'error' | 'complete';
  readonly value?: unknown;
}

interface Observer {
  readonly next: (value: unknown) => void;
  readonly error: (value: unknown) => void;
  readonly complete: () => void;
}

/** @returns what an observer sees once the server ends its stream, which it does after the first payload */
async function seenBy(
  subscribe: (observer: Observer) => unknown,
  isOver: (seen: Seen) => boolean = ({ type }) => type !== 'next',
): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  await new Promise<void>((resolve) => {
    const add = (one: Seen) => {
      seen.push(one);
      drain();
      if (isOver(one)) resolve();
    };
    subscribe({
      next: (value) => {
        add({ type: 'next', value });
      },
      error: (value) => {
        add({ type: 'error', value });
      },
      complete: () => {
        add({ type: 'complete' });
      },
    });
    void changeUntil(() => seen.length > 0);
  });
  // Without the payloads before.
  return seen.slice(seen.findIndex(({ type, value }) => type !== 'next' || hasErrors(value)));
}

describe('a stream that the server ends because it drains', () => {
  it('is an error of a client of graphql-ws', async () => {
    const client = createWsClient({
      url: webSocketUrl(),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const seen = await seenBy((observer) => client.subscribe({ query: PAYMENT_CHANGED }, observer));
    expect(seen).toEqual([{ type: 'error', value: [DRAINING] }]);
    await client.dispose();
  });

  it('is a result with errors, and complete, of a client of graphql-sse', async () => {
    const client = createSseClient({ url: httpUrl(), retryAttempts: 0 });
    const seen = await seenBy((observer) => client.subscribe({ query: PAYMENT_CHANGED }, observer));
    expect(seen).toEqual([{ type: 'next', value: { errors: [DRAINING] } }, { type: 'complete' }]);
    client.dispose();
  });

  it('is an error of Apollo Client by its multipart protocol', async () => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: httpUrl() }),
      cache: new InMemoryCache(),
    });
    const [seen] = await seenBy(
      (observer) => client.subscribe({ query: gql(PAYMENT_CHANGED) }).subscribe(observer),
      ({ value }) => hasErrors(value),
    );
    const { error } = seen?.value as { error?: unknown };
    expect(CombinedProtocolErrors.is(error)).toBe(true);
    expect((error as CombinedProtocolErrors).errors).toEqual([DRAINING]);
    client.stop();
  });

  it('is an error of Apollo Client over a WebSocket', async () => {
    const socket = createWsClient({
      url: webSocketUrl(),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const client = new ApolloClient({
      link: new GraphQLWsLink(socket),
      cache: new InMemoryCache(),
    });
    const [seen] = await seenBy(
      (observer) => client.subscribe({ query: gql(PAYMENT_CHANGED) }).subscribe(observer),
      ({ value }) => hasErrors(value),
    );
    const { error } = seen?.value as { error?: unknown };
    expect(CombinedGraphQLErrors.is(error)).toBe(true);
    expect((error as CombinedGraphQLErrors).errors).toEqual([DRAINING]);
    client.stop();
    await socket.dispose();
  });

  it('is an error of urql by server-sent events', async () => {
    const client = new UrqlClient({
      url: httpUrl(),
      preferGetMethod: false,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
    });
    const [seen] = await seenBy(
      ({ next }) => client.subscription(PAYMENT_CHANGED, {}).subscribe(next),
      ({ value }) => hasErrors(value),
    );
    expect(seen?.value).toMatchObject({ error: { graphQLErrors: [DRAINING] } });
  });

  it('has a heartbeat, a last part with its errors and the closing boundary by multipart', async () => {
    const client = await HttpStreamClient.open(httpUrl(), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
      },
      body: JSON.stringify({ query: PAYMENT_CHANGED }),
    });
    const HEAD = '\r\ncontent-type: application/json\r\n\r\n';
    expect(await client.through('{}\r\n--graphql')).toBe(`\r\n--graphql${HEAD}{}\r\n--graphql`);
    drain();
    const rest = await client.rest();
    const end = '\r\n--graphql--\r\n';
    const last = rest.slice(rest.lastIndexOf(HEAD) + HEAD.length, -end.length);
    expect(rest.endsWith(end)).toBe(true);
    expect(JSON.parse(last)).toEqual({ payload: null, errors: [DRAINING] });
  });
});
