import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient, type Sink } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';

let gateway: TestGateway;
let payment: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  payment = await firstPayment(gateway);
});
afterAll(() => gateway.close());

const QUERY = '{ payments(first: 1) { nodes { id } } }';
const webSocketUrl = () => `${gateway.url.replace('http', 'ws')}/graphql`;
const httpUrl = () => `${gateway.url}/graphql`;

/** Three changes, each made once the one before has come. */
const CHANGES = 3;

interface Observer {
  readonly next: (result: { data?: unknown; errors?: unknown; error?: unknown }) => void;
  readonly error: (error: unknown) => void;
  readonly complete: () => void;
}

/** @returns what came of {@link CHANGES} changes */
async function receive(subscribe: (observer: Observer) => () => void): Promise<unknown[]> {
  const results: unknown[] = [];
  let end: () => void = () => undefined;
  // Until the stream is open, changes are none of its.
  const first = setInterval(() => void changePayment(gateway, payment), 50);
  try {
    await new Promise<void>((resolve, reject) => {
      end = subscribe({
        next: ({ data, errors, error }) => {
          clearInterval(first);
          results.push(errors ?? error ?? data);
          if (results.length === CHANGES) resolve();
          else void changePayment(gateway, payment);
        },
        error: (error) => {
          reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
        },
        complete: () => {
          reject(new Error('The stream was not expected to end.'));
        },
      });
    });
  } finally {
    clearInterval(first);
    end();
  }
  return results;
}

const CHANGED = {
  paymentChanged: expect.objectContaining({
    id: expect.any(String),
    kind: 'UPDATED',
    payment: expect.objectContaining({ status: expect.any(String) }),
  }),
};
const ALL_CHANGED = Array.from({ length: CHANGES }, () => expect.objectContaining(CHANGED));

describe('graphql-ws', () => {
  it('receives each change, and the results of queries, on one socket', async () => {
    const client = createWsClient({ url: webSocketUrl(), webSocketImpl: WebSocket });
    const variables = { id: payment };
    expect(
      await receive((observer) =>
        client.subscribe({ query: PAYMENT_CHANGED, variables }, observer),
      ),
    ).toEqual(ALL_CHANGED);
    for await (const result of client.iterate({ query: QUERY }))
      expect(result.data).toMatchObject({ payments: { nodes: [{}] } });
    await client.dispose();
  });

  it('receives what is wrong with an operation as its errors', async () => {
    const client = createWsClient({ url: webSocketUrl(), webSocketImpl: WebSocket });
    const results = client.iterate({ query: 'subscription { nothing }' });
    await expect(results.next()).rejects.toEqual([
      expect.objectContaining({ message: expect.stringContaining('Cannot query field "nothing"') }),
    ]);
    await client.dispose();
  });
});

describe('graphql-sse', () => {
  it('receives each change, and the result of a query', async () => {
    const client = createSseClient({ url: httpUrl(), retryAttempts: 0 });
    const variables = { id: payment };
    expect(
      await receive((observer) =>
        client.subscribe({ query: PAYMENT_CHANGED, variables }, observer),
      ),
    ).toEqual(ALL_CHANGED);
    for await (const result of client.iterate({ query: QUERY }))
      expect(result.data).toMatchObject({ payments: { nodes: [{}] } });
    client.dispose();
  });

  it('receives what is wrong with an operation as its errors', async () => {
    const client = createSseClient({ url: httpUrl(), retryAttempts: 0 });
    const { value } = await client.iterate({ query: 'subscription { nothing }' }).next();
    expect(value).toMatchObject({
      errors: [{ message: expect.stringContaining('Cannot query field "nothing"') }],
    });
    client.dispose();
  });
});

describe('Apollo Client', () => {
  const variables = { id: 'unknown' };

  it('receives each change over a WebSocket', async () => {
    const socket = createWsClient({ url: webSocketUrl(), webSocketImpl: WebSocket });
    const client = new ApolloClient({
      link: new GraphQLWsLink(socket),
      cache: new InMemoryCache(),
    });
    expect(await receiveByApollo(client, { id: payment })).toEqual(ALL_CHANGED);
    client.stop();
    await socket.dispose();
  });

  it('receives each change by its multipart protocol', async () => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: httpUrl() }),
      cache: new InMemoryCache(),
    });
    expect(await receiveByApollo(client, { id: payment })).toEqual(ALL_CHANGED);
    const { data } = await client.query({ query: gql(QUERY) });
    expect(data).toMatchObject({ payments: { nodes: [{}] } });
    client.stop();
  });

  it('receives by its multipart protocol why a subscription is refused', async () => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: httpUrl() }),
      cache: new InMemoryCache(),
    });
    const query = gql`
      subscription {
        nothing
      }
    `;
    const error = await new Promise<unknown>((resolve) => {
      client.subscribe({ query, variables }).subscribe(({ error: one }) => {
        resolve(one);
      });
    });
    expect(error).toMatchObject({ message: expect.stringContaining('Cannot query field') });
    client.stop();
  });

  const receiveByApollo = (client: ApolloClient, of: { readonly id: string }) =>
    receive((observer) => {
      const subscription = client
        .subscribe({ query: gql(PAYMENT_CHANGED), variables: of })
        .subscribe(observer);
      return () => {
        subscription.unsubscribe();
      };
    });
});

describe('urql', () => {
  const receiveByUrql = (client: UrqlClient) =>
    receive((observer) => {
      const subscription = client
        .subscription(PAYMENT_CHANGED, { id: payment })
        .subscribe(observer.next);
      return () => {
        subscription.unsubscribe();
      };
    });

  it('receives each change over a WebSocket', async () => {
    const socket = createWsClient({ url: webSocketUrl(), webSocketImpl: WebSocket });
    const client = new UrqlClient({
      url: httpUrl(),
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              // A cast: the types of the two clients differ in fields that may be undefined.
              unsubscribe: socket.subscribe({ query, variables }, sink as Sink),
            }),
          }),
        }),
      ],
    });
    expect(await receiveByUrql(client)).toEqual(ALL_CHANGED);
    await socket.dispose();
  });

  it('receives each change by server-sent events', async () => {
    const client = new UrqlClient({
      url: httpUrl(),
      preferGetMethod: false,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
    });
    expect(await receiveByUrql(client)).toEqual(ALL_CHANGED);
    const { data } = await client.query(QUERY, {});
    expect(data).toMatchObject({ payments: { nodes: [{}] } });
  });
});
