import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { createCallerSigning } from '../../gateway/access/services/signed-caller.ts';
import { createMixedGraph } from '../../gateway/engines/mixed-graph.ts';
import { ServiceConnections } from '../../gateway/engines/planned/service-connections.ts';
import type { RunningGraph } from '../../gateway/engines/running-graph.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, SUBGRAPH_SECRET, type TestGateway } from '../gateway/start-gateway.ts';
import { changeOfType } from '../events/changes.ts';
import { openSubgraph, readSdl } from '../subgraphs/open-subgraph.ts';
import { contextFor } from './change-runs.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { runnerFor } from './run-operation.ts';

const QUERY = '{ payments(first: 1) { nodes { id } } }';

let sandbox: Sandbox;
let distributed: TestGateway;
beforeAll(async () => {
  sandbox = await startSandbox();
  distributed = await startTestGateway({
    mode: 'distributed',
    sandbox,
    environment: { PAYMENTS_CACHE: 'live' },
  });
  distributed.events.invalidation.trust({ isHealthy: () => true });
});
afterAll(async () => {
  await distributed.close();
  await sandbox.close();
});

/** Maps is in this process; the others are services. */
async function startMixed(): Promise<RunningGraph> {
  const environment = { ...sandbox.environment, VENDOR_TIMEOUT_MS: '0' };
  const here = SUBGRAPHS.filter(({ name }) => name === 'maps');
  const [, ...services] = distributed.urls;
  const described = SUBGRAPHS.map(({ name }, index) => ({
    name,
    sdl: readSdl(name),
    url: `${services[index] ?? ''}/graphql`,
  }));
  return createMixedGraph({
    supergraph: composeSupergraph(described),
    embedded: composeSupergraph(described.filter(({ name }) => name === 'maps')),
    modules: SUBGRAPHS,
    subgraphs: here.map((module) => openSubgraph(module, environment)),
    serviceConnections: new ServiceConnections({ requestTimeoutMs: 10_000, traces: true }),
  });
}

describe('a query of a graph of embedded subgraphs and services', () => {
  it('reports the log position up to which a service’s part of the response shows all changes', async () => {
    const { graph, release } = await startMixed();
    const sign = createCallerSigning(SUBGRAPH_SECRET, { requestTimeoutMs: 10_000 });
    const { run } = runnerFor(graph);
    const read = async () => {
      const { scope } = contextFor(changeOfType('Payment', 'pi_none'));
      const forwarded = await sign(ANONYMOUS_CALLER, 'a test');
      const { errors } = await run(QUERY, {}, { scope: { ...scope, forwarded } });
      expect(errors).toBeUndefined();
      return scope.trace.olderReads.map(({ requestedAt }) => requestedAt?.position);
    };
    const { log, tail } = distributed.events;
    const append = async (key: string) => {
      await log.append([{ key, changes: [changeOfType('Payment', 'pi_none')] }]);
      const { position } = await log.head();
      expect(await tail.reach(position, 10_000)).toBe(true);
      return position;
    };
    const first = await append('first');
    await read();
    await append('second');
    expect(await read()).toEqual([first]);
    await graph.close();
    await release();
  });
});
