import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createDistributedGraph } from '../../../gateway/distributed/distributed-graph.ts';

const SOCKETS = 'net.client.socket';
let opened = 0;
const count = () => (opened += 1);
const given = process.env['APOLLO_TELEMETRY_DISABLED'];

beforeEach(() => {
  opened = 0;
  delete process.env['APOLLO_TELEMETRY_DISABLED'];
  subscribe(SOCKETS, count);
});
afterEach(() => {
  unsubscribe(SOCKETS, count);
  process.env['APOLLO_TELEMETRY_DISABLED'] = given;
});

it('calls nobody when a supergraph is loaded', async () => {
  const supergraphSdl = readFileSync('schema/supergraph.graphql', 'utf8');
  const { graph, release } = createDistributedGraph({ supergraphSdl, requestTimeoutMs: 1000, production: true });
  graph.onSchemaLoadOrUpdate(() => undefined);
  await graph.load({ apollo: {} });
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  expect(opened).toBe(0);
  await graph.stop();
  await release();
});

it('would notice a call', () => {
  connect({ host: '127.0.0.1', port: 1 })
    .on('error', () => undefined)
    .destroy();
  expect(opened).toBe(1);
});
