import { connect, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Stripe from 'stripe';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Program, startProgram } from '../built-program.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';

/** A built gateway on the sandbox, a Redis and a service that is down. */
export interface BusyGateway {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** Sends operations that succeed and fail to it, so that each of its metrics has values. */
  readonly keepBusy: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startBusyGateway(): Promise<BusyGateway> {
  const [sandbox, redis] = await Promise.all([startSandbox(), startRedis()]);
  const program = startProgram('gateway.js', [], {
    ...sandbox.environment,
    PORT: '0',
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
    REDIS_URL: redis.url,
    CRM_CACHE: 'Company=1s',
    STRIPE_RATE_LIMIT: '1000/1s',
    MAX_CONNECTIONS_PER_ADDRESS: '8',
    STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    GRAPH: resolve('examples/own-graph/graph.yaml'),
    // Nothing listens there.
    LOYALTY_URL: 'http://127.0.0.1:1/graphql',
  });
  const url = await program.url;
  return {
    url,
    keepBusy: () => sendOperations(url, sandbox),
    close: () => closeAll(program, sandbox, redis),
  };
}

async function sendOperations(url: string, sandbox: Sandbox): Promise<void> {
  const send = (query: string, variables = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    }).then((response) => response.text());
  await send(CUSTOMERS);
  await send(readFileSync('examples/operations/create-customer.graphql', 'utf8'), NEW_CUSTOMER);
  await send('{ nothing }');
  await send('{ programmes { name } }');
  sandbox.stripe.fault = '503:x1';
  await send(CUSTOMERS);
  sandbox.stripe.fault = 'garbage';
  await send(CUSTOMERS);
  sandbox.stripe.fault = null;
  sandbox.hubspot.fault = 'garbage';
  await send(CUSTOMERS);
  sandbox.hubspot.fault = null;
  await sendWebhooks(url);
  await loseCursor(url);
  await openTooManyConnections(new URL(url));
}

const WEBHOOK_SECRET = 'whsec_of_this_test';

/** Of each result that a delivery can have while the log can be written. */
async function sendWebhooks(url: string): Promise<void> {
  const send = async (payload: string, secret = WEBHOOK_SECRET) => {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    const headers = { 'stripe-signature': signature };
    await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body: payload });
  };
  const event = (type: string) =>
    JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type,
      livemode: false,
      created: Math.floor(Date.now() / 1000),
      data: { object: { id: 'cus_1' } },
    });
  await send(event('customer.created'));
  await send(event('customer.created'));
  await send(event('balance.available'));
  await send('{}');
  await send(event('customer.created'), 'whsec_other');
}

/** Opens a stream that gets `EVENTS_LOST`, and leaves it. */
async function loseCursor(url: string): Promise<void> {
  const left = new AbortController();
  const { body } = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription { paymentChanged { id } }',
      extensions: { resumeFrom: 'another.1-0' },
    }),
    signal: left.signal,
  });
  let text = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.includes('EVENTS_LOST')) break;
  }
  left.abort();
}

/** Waits until the gateway closes one of them. */
async function openTooManyConnections({ hostname, port, origin }: URL): Promise<void> {
  const sockets: Socket[] = [];
  const closed = new Promise((resolve) => {
    for (let count = 0; count < 12; count += 1)
      sockets.push(
        connect(Number(port), hostname)
          .resume()
          .on('error', () => undefined)
          .on('close', resolve),
      );
  });
  await closed;
  for (const socket of sockets) socket.destroy();
  // Until the gateway has noticed, it refuses what comes next.
  while (!(await isServed(origin)));
}

const isServed = (origin: string): Promise<boolean> =>
  fetch(`${origin}/health/live`).then(
    async (response) => (await response.text()) !== '' && response.ok,
    () => false,
  );

async function closeAll(program: Program, sandbox: Sandbox, redis: RedisServer): Promise<void> {
  await program.end();
  await Promise.all([sandbox.close(), redis.stop()]);
}

const CUSTOMERS =
  'query Customers { customers(first: 2) { nodes { name company { name } payments(first: 1) { nodes { id } } } } }';

const NEW_CUSTOMER: object =
  (
    JSON.parse(readFileSync('examples/operations/variables.json', 'utf8')) as Record<string, object>
  )['CreateCustomer'] ?? {};
