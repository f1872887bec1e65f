import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { nextCaller } from '../credentials.ts';
import type { Figures } from '../figures.ts';
import { median, quantile, timeOf } from '../load.ts';
import { cpuMs, type Environment, residentBytes, type Target } from '../processes.ts';
import { startEmbedded } from '../targets.ts';
import { type EventStream, openEventStream, PAYMENT_QUERY } from './event-stream.ts';
import { paymentEvent, WEBHOOK_SECRET } from './stripe-event.ts';

const STREAMS = 5000;

/** What webhooks and streams take, with the change log in a file. */
export async function measureLive(environment: Environment): Promise<Partial<Figures>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-live-'));
  const gateway = await startEmbedded({
    ...environment,
    STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    EVENTS_FILE: join(folder, 'events.log'),
    MAX_CONNECTIONS: '10000',
    MAX_CONNECTIONS_PER_ADDRESS: '10000',
    CALLER_MAX_STREAMS: '1000',
  });
  const pool = new Pool(gateway.url, { connections: 64 });
  try {
    const payment = await firstPayment(pool);
    return {
      receiveP99Ms: await measureReceiving(pool),
      ...(await measureDelivery(gateway, pool, payment)),
      unchangedCpuMs: await measureUnchanged(gateway, pool),
      idleStreamsMb: await measureIdleStreams(gateway),
    };
  } finally {
    await pool.close();
    gateway.close();
    rmSync(folder, { recursive: true });
  }
}

async function firstPayment(pool: Pool): Promise<string> {
  const answer = await pool.request({
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json', ...nextCaller() },
    body: JSON.stringify({ query: '{ payments(first: 1) { nodes { id } } }' }),
  });
  const { data } = (await answer.body.json()) as {
    data: { payments: { nodes: readonly { id: string }[] } };
  };
  const [payment] = data.payments.nodes;
  if (payment === undefined) throw new Error('The sandbox has a payment.');
  return payment.id;
}

async function send(pool: Pool, payment: string): Promise<number> {
  const { body, headers } = paymentEvent(payment);
  const begun = performance.now();
  const { statusCode, body: answer } = await pool.request({
    path: '/webhooks/stripe',
    method: 'POST',
    headers,
    body,
  });
  await answer.dump();
  if (statusCode !== 200) throw new Error(`A webhook was answered with ${String(statusCode)}.`);
  return performance.now() - begun;
}

/** Milliseconds from a delivery to its answer, at 500 a second for ten seconds. */
async function measureReceiving(pool: Pool): Promise<number> {
  const sent: Promise<number>[] = [];
  for (let tick = 0; tick < 1000; tick += 1) {
    for (let count = 0; count < 5; count += 1) sent.push(send(pool, 'pi_of_nobody'));
    await wait(10);
  }
  const ms = await Promise.all(sent);
  return quantile(
    ms.toSorted((one, other) => one - other),
    0.99,
  );
}

const EVENTS = 500;

/** One event after the other: how long each takes to its stream, and the CPU of a payload beside that of the same query. */
async function measureDelivery(
  gateway: Target,
  pool: Pool,
  payment: string,
): Promise<Partial<Figures>> {
  const cpuOf = async (run: () => Promise<unknown>) => {
    const before = cpuMs(gateway.processes);
    for (let count = 0; count < EVENTS; count += 1) await run();
    return cpuMs(gateway.processes) - before;
  };
  const query = {
    path: '/graphql',
    body: JSON.stringify({ query: PAYMENT_QUERY, variables: { id: payment } }),
  };
  const stream = await openEventStream(gateway.url, payment);
  const ms: number[] = [];
  const deliver = async () => {
    const begun = performance.now();
    await send(pool, payment);
    ms.push((await stream.next()) - begun);
  };
  const rounds: number[] = [];
  // The first round warms up.
  for (let round = 0; round < 6; round += 1) {
    const received = await cpuOf(() => send(pool, 'pi_of_nobody'));
    const delivered = await cpuOf(deliver);
    const queried = await cpuOf(() => timeOf(pool, query));
    if (round > 0) rounds.push((delivered - received) / queried);
  }
  stream.close();
  return {
    deliverP95Ms: quantile(
      ms.toSorted((one, other) => one - other),
      0.95,
    ),
    payloadCpuVsQuery: median(rounds),
  };
}

const UNCHANGED = 5000;
const SCREEN = '{ payments(first: 20) { nodes { id status amount { amount currency } } } }';

/** Milliseconds of CPU of a persisted GET whose response has not changed: one caller, one after the other. */
async function measureUnchanged(gateway: Target, pool: Pool): Promise<number> {
  const persisted = { persistedQuery: { version: 1, sha256Hash: hash('sha256', SCREEN) } };
  const headers = { 'content-type': 'application/json', ...nextCaller() };
  const known = await pool.request({
    path: '/graphql',
    method: 'POST',
    headers,
    body: JSON.stringify({ query: SCREEN, extensions: persisted }),
  });
  await known.body.dump();
  const path = `/graphql?extensions=${encodeURIComponent(JSON.stringify(persisted))}`;
  const get = async (tag?: string) => {
    const response = await pool.request({
      path,
      method: 'GET',
      headers: { ...headers, ...(tag !== undefined && { 'if-none-match': tag }) },
    });
    await response.body.dump();
    return response;
  };
  let tag: string | undefined;
  // The first catch-up has to find that no webhook was missed.
  for (let tries = 0; tag === undefined; tries += 1) {
    if (tries > 120) throw new Error('The response has no entity tag.');
    await wait(1000);
    tag = String((await get()).headers['etag'] ?? '') || undefined;
  }
  const before = cpuMs(gateway.processes);
  for (let count = 0; count < UNCHANGED; count += 1) {
    const { statusCode } = await get(tag);
    if (statusCode !== 304) throw new Error(`A GET was answered with ${String(statusCode)}.`);
  }
  return (cpuMs(gateway.processes) - before) / UNCHANGED;
}

/** Megabytes of resident memory that 5,000 streams take on which nothing happens. */
async function measureIdleStreams(gateway: Target): Promise<number> {
  const before = residentBytes(gateway.front);
  const streams: EventStream[] = [];
  for (let opened = 0; opened < STREAMS; opened += 50)
    streams.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, () => openEventStream(gateway.url, 'pi_of_nobody')),
      )),
    );
  // Two heartbeats.
  await wait(21_000);
  const resident = residentBytes(gateway.front);
  for (const stream of streams) stream.close();
  return (resident - before) / 1024 / 1024;
}
