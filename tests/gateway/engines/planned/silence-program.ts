/**
 * Loads a supergraph and counts the connections that are opened meanwhile, by anybody in this process; then opens one, to know that it
 * would have been seen. Prints `{"opened": <number>, "isNoticed": <boolean>}`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDistributedGraph } from '../../../../gateway/engines/planned/distributed-graph.ts';
import { ServiceConnections } from '../../../../gateway/engines/planned/service-connections.ts';
import { Supergraph } from '../../../../gateway/supergraph/supergraph.ts';

let count = 0;
subscribe('net.client.socket', () => {
  count += 1;
});

const supergraph = new Supergraph(readFileSync('schema/supergraph.graphql', 'utf8'));
const { graph, release } = await createDistributedGraph({
  supergraph,
  modules: [],
  serviceConnections: new ServiceConnections({ requestTimeoutMs: 1000, traces: false }),
});
for (let turn = 0; turn < 20; turn += 1) await nextTurn();
const opened = count;
await graph.close();
await release();

connect({ host: '127.0.0.1', port: 1 })
  .on('error', () => undefined)
  .destroy();
console.log(JSON.stringify({ opened, isNoticed: count === opened + 1 }));
