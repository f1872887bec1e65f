import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApolloClient, ApolloLink } from '@apollo/client';
import {
  ApolloClient as Client,
  ApolloLink as Link,
  gql,
  HttpLink,
  InMemoryCache,
} from '@apollo/client';
import { createRequest, type OperationResult, type Client as UrqlClient } from '@urql/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
  changePayment,
  firstPayment,
  PAYMENT_CHANGED,
  twoPayments,
} from '../gateway/transports/changes.ts';
import { openEventsInMemory } from '../gateway/open-test-events.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { freePort } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { importBlock } from './code-blocks.ts';

const PAGE = 'docs/clients.md';

let gateway: TestGateway;
let payment: string;
let changes: NodeJS.Timeout;
beforeAll(async () => {
  // Node.js 20 has no WebSocket of its own.
  Object.assign(globalThis, { WebSocket });
  gateway = await startTestGateway();
  payment = await firstPayment(gateway);
  // Until a stream is open, changes are none of its.
  changes = setInterval(() => void changePayment(gateway, payment), 50);
});
afterAll(async () => {
  clearInterval(changes);
  await gateway.close();
});

const url = () => `${gateway.url}/graphql`;
const CHANGED = { data: { paymentChanged: { payment: { id: expect.any(String) } } } };

describe('docs/clients.md receives changes', () => {
  it('by Apollo Client and the multipart protocol', async () => {
    const { createLiveClient, watchPayment } = await importBlock<{
      createLiveClient: (uri: string) => ApolloClient;
      watchPayment: (
        client: ApolloClient,
        id: string,
        show: (result: unknown) => void,
      ) => { unsubscribe: () => void };
    }>(PAGE, 'live-apollo.ts');
    const client = createLiveClient(url());
    let end: () => void = () => undefined;
    const result = await new Promise((resolve) => {
      const subscription = watchPayment(client, payment, resolve);
      end = () => {
        subscription.unsubscribe();
      };
    });
    expect(result).toMatchObject(CHANGED);
    end();
    client.stop();
  });

  it('by a WebSocket', async () => {
    const { createSocket, createSocketLink } = await importBlock<{
      createSocket: (to: string, token: () => string | undefined) => SocketClient;
      createSocketLink: (to: string, token: () => string | undefined) => ApolloLink;
    }>(PAGE, 'live-websocket.ts');
    const socket = createSocket(url(), () => undefined);
    const variables = { id: payment };
    const { value } = await socket.iterate({ query: PAYMENT_CHANGED, variables }).next();
    expect(value).toMatchObject(CHANGED);
    await socket.dispose();
    const link = createSocketLink(url(), () => undefined);
    const client = new Client({ link, cache: new InMemoryCache() });
    let end: () => void = () => undefined;
    const result = await new Promise((resolve) => {
      const subscription = client
        .subscribe({ query: gql(PAYMENT_CHANGED), variables })
        .subscribe(resolve);
      end = () => {
        subscription.unsubscribe();
      };
    });
    expect(result).toMatchObject(CHANGED);
    end();
    client.stop();
  });

  it('by urql, and resumes', async () => {
    const { createLiveUrql } = await importBlock<{ createLiveUrql: (to: string) => UrqlClient }>(
      PAGE,
      'live-urql.ts',
    );
    const follow = (resumeFrom?: string) =>
      new Promise<OperationResult>((resolve) => {
        const request = createRequest(
          PAYMENT_CHANGED,
          { id: payment },
          resumeFrom === undefined ? undefined : { resumeFrom },
        );
        const subscription = createLiveUrql(url())
          .executeSubscription(request)
          .subscribe((result) => {
            resolve(result);
            setImmediate(() => {
              subscription.unsubscribe();
            });
          });
      });
    const first = await follow();
    expect(first).toMatchObject(CHANGED);
    expect(await follow(cursorOf(first))).toMatchObject(CHANGED);
    expect(await follow('other.1-0')).toMatchObject({
      error: { graphQLErrors: [{ extensions: { code: 'EVENTS_LOST' } }] },
    });
  });

  it('by graphql-sse, and resumes', async () => {
    const { paymentChanges } = await importBlock<{
      paymentChanges: (to: string, token?: string, resumeFrom?: string) => AsyncGenerator<object>;
    }>(PAGE, 'live-sse.ts');
    const first = async (resumeFrom?: string) => {
      for await (const result of paymentChanges(url(), undefined, resumeFrom)) return result;
      return {};
    };
    const result = await first();
    const updated = { data: { paymentChanged: { kind: 'UPDATED' } } };
    expect(result).toMatchObject(updated);
    expect(await first(cursorOf(result))).toMatchObject(updated);
    expect(await first('other.1-0')).toMatchObject({
      errors: [{ extensions: { code: 'EVENTS_LOST' } }],
    });
  });
});

// A cast: each payload has one.
const cursorOf = (result: object) =>
  (result as { readonly extensions: { readonly cursor: string } }).extensions.cursor;

type CreateResumeLink = (refetch: () => void, firstPauseMs?: number) => ApolloLink;

describe('the link of docs/clients.md that resumes', () => {
  const transports: readonly [string, (to: string) => Promise<ApolloLink>][] = [
    ['the multipart protocol', (uri) => Promise.resolve(new HttpLink({ uri }))],
    [
      'a WebSocket',
      async (uri) => {
        const { createSocketLink } = await importBlock<{
          createSocketLink: (to: string, token: () => string | undefined) => ApolloLink;
        }>(PAGE, 'live-websocket.ts');
        return createSocketLink(uri, () => undefined);
      },
    ],
  ];

  it.each(transports)(
    'shows by %s the changes that were made while a gateway restarted',
    async (_, connect) => {
      const { createResumeLink } = await importBlock<{ createResumeLink: CreateResumeLink }>(
        PAGE,
        'resume-link.ts',
      );
      const events = await openEventsInMemory();
      const environment = { PORT: String(await freePort()) };
      const first = await startTestGateway({ events, environment });
      const [before, meanwhile] = await twoPayments(first);
      const refetched: string[] = [];
      const refetch = () => refetched.push('refetched');
      const client = new Client({
        link: Link.from([createResumeLink(refetch, 1), await connect(`${first.url}/graphql`)]),
        cache: new InMemoryCache(),
      });
      const shown = showPayments(client);
      await until('a first change', async () => {
        await changePayment(first, before);
        return shown.ids.length > 0;
      });
      await first.close();
      await changePayment(first, meanwhile);
      const second = await startTestGateway({ events, environment });
      await until('the change that was missed', () => shown.ids.includes(meanwhile));
      expect([shown.problems, refetched]).toEqual([[], []]);
      shown.end();
      client.stop();
      await second.close();
      await events.close();
    },
    60_000,
  );

  it('resumes a WebSocket that breaks at the newest cursor', async () => {
    const { createSocket } = await importBlock<{
      createSocket: (to: string, token: () => string | undefined) => SocketClient;
    }>(PAGE, 'live-websocket.ts');
    const { createResumeLink } = await importBlock<{ createResumeLink: CreateResumeLink }>(
      PAGE,
      'resume-link.ts',
    );
    const own = await startTestGateway();
    const [before, meanwhile] = await twoPayments(own);
    const socket = createSocket(`${own.url}/graphql`, () => undefined);
    const client = new Client({
      link: Link.from([createResumeLink(() => undefined, 1), new GraphQLWsLink(socket)]),
      cache: new InMemoryCache(),
    });
    const shown = showPayments(client);
    await until('a first change', async () => {
      await changePayment(own, before);
      return shown.ids.length > 0;
    });
    const closed = new Promise<void>((resolve) => {
      socket.on('closed', () => {
        resolve();
      });
    });
    socket.terminate();
    await closed;
    await changePayment(own, meanwhile);
    await until('the change that was missed', () => shown.ids.includes(meanwhile));
    expect(shown.problems).toEqual([]);
    shown.end();
    client.stop();
    await socket.dispose();
    await own.close();
  });

  it('asks for a refetch where changes were lost, and reports what cannot be resumed', async () => {
    const { createResumeLink } = await importBlock<{ createResumeLink: CreateResumeLink }>(
      PAGE,
      'resume-link.ts',
    );
    const connect = (refetch: () => void) =>
      new Client({
        link: Link.from([createResumeLink(refetch, 1), new HttpLink({ uri: url() })]),
        cache: new InMemoryCache(),
      });
    await new Promise<void>((resolve) => {
      const client = connect(() => {
        shown.end();
        client.stop();
        resolve();
      });
      const shown = showPayments(client, { extensions: { resumeFrom: 'other.1-0' } });
    });
    const client = connect(() => undefined);
    const wrong = showPayments(client, { extensions: { resumeFrom: 'no cursor' } });
    await until('a problem', () => wrong.problems.length > 0);
    expect(wrong.problems).toEqual([expect.stringContaining('cursor')]);
    client.stop();
  });
});

/** What a page shows of a subscription to all payments. */
function showPayments(client: ApolloClient, options: { readonly extensions?: object } = {}) {
  const ids: string[] = [];
  const problems: string[] = [];
  const subscription = client
    .subscribe<{ readonly paymentChanged: { readonly id: string } }>({
      query: gql(PAYMENT_CHANGED),
      ...options,
    })
    .subscribe(({ data, error }) => {
      if (error) problems.push(error.message);
      if (data) ids.push(data.paymentChanged.id);
    });
  const end = () => {
    subscription.unsubscribe();
  };
  return { ids, problems, end };
}
