import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

export interface ReferenceServer {
  readonly url: string;
  close(): Promise<void>;
}

/** As much of the product's schema as the cases of the protocols select. */
const SCHEMA = buildSchema(/* GraphQL */ `
  type Query {
    capabilities: Boolean
  }
  type Mutation {
    createDeal: Boolean
  }
  type Subscription {
    paymentChanged: PaymentChange
  }
  type PaymentChange {
    id: ID
  }
`);

/** Never has a change: what comes of one is not a matter of the protocol. */
const ROOTS = {
  subscription: {
    paymentChanged: async function* () {
      await new Promise(() => undefined);
      yield null;
    },
  },
};

/** The server of graphql-ws and that of graphql-sse, by the authors of the protocols, on `/graphql` of one port. */
export async function startReferenceServer(): Promise<ReferenceServer> {
  const handle = createHandler({ schema: SCHEMA });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => {
      response.destroy();
    });
  });
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: 64 * 1024 });
  const webSocket = useServer({ schema: SCHEMA, roots: ROOTS }, sockets, 0);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      await webSocket.dispose();
      await closed(server);
    },
  };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
