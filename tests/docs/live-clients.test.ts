import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApolloClient, ApolloLink } from '@apollo/client';
import { ApolloClient as Client, gql, InMemoryCache } from '@apollo/client';
import type { Client as UrqlClient } from '@urql/core';
import type { Client as SocketClient } from 'graphql-ws';
import { changePayment, firstPayment, PAYMENT_CHANGED } from '../gateway/transports/changes.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { importBlock } from './code-blocks.ts';

const PAGE = 'docs/clients.md';

let gateway: TestGateway;
let payment: string;
let changes: NodeJS.Timeout;
beforeAll(async () => {
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
    // Node.js 20 has no WebSocket of its own.
    const { WebSocket } = await import('ws');
    Object.assign(globalThis, { WebSocket });
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

  it('by urql', async () => {
    const { createLiveUrql } = await importBlock<{ createLiveUrql: (to: string) => UrqlClient }>(
      PAGE,
      'live-urql.ts',
    );
    let end: () => void = () => undefined;
    const result = await new Promise((resolve) => {
      const subscription = createLiveUrql(url())
        .subscription(PAYMENT_CHANGED, { id: payment })
        .subscribe(resolve);
      end = () => {
        subscription.unsubscribe();
      };
    });
    expect(result).toMatchObject(CHANGED);
    end();
  });

  it('by graphql-sse', async () => {
    const { paymentChanges } = await importBlock<{
      paymentChanges: (to: string) => AsyncGenerator;
    }>(PAGE, 'live-sse.ts');
    for await (const result of paymentChanges(url())) {
      expect(result).toMatchObject({ data: { paymentChanged: { kind: 'UPDATED' } } });
      break;
    }
  });
});
