import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { mergeExtensions } from '../../../gateway/composition/merge-extensions.ts';
import { createFusedGraph } from '../../../gateway/engines/fused/fused-graph.ts';
import type { FusedSubgraph } from '../../../gateway/engines/fused/subgraph-schema.ts';
import { createSubgraphGraph } from '../../../gateway/engines/single/subgraph-graph.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import type { Environment } from '../../../settings/settings.ts';
import { callTableOf } from '../../../subgraphs/connect/call-table.ts';
import { createConnectSubgraph } from '../../../subgraphs/connect/connect-subgraph.ts';
import type { ConnectorFile, OutsideVariables } from '../../../subgraphs/connect/connector-file.ts';
import { readObjectTypes } from '../../../subgraphs/connect/object-types.ts';
import { readConnectors } from '../../../subgraphs/connect/read-connectors.ts';
import { SourceConnections } from '../../../subgraphs/connect/source-connections.ts';
import { DEFAULT_POLICY, type SourcePolicy } from '../../../subgraphs/connect/source-policy.ts';
import type { SubgraphResources } from '../../../subgraphs/subgraph-resources.ts';
import { createReferenceGraph } from '../../federation/reference-gateway.ts';
import { runnerFor } from '../../federation/run-operation.ts';
import { ownResources } from '../test-resources.ts';

/** The head of a file of connectors to one source. */
export const HEAD = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@requires"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])`;

/** @throws Error that names each problem */
export function readFile(
  sdl: string,
  policies: Readonly<Record<string, Partial<SourcePolicy>>>,
  outside?: OutsideVariables,
) {
  const { file, problems = [] } = readConnectors({
    name: 'erp',
    path: './erp.graphql',
    sdl,
    ...(outside && { outside }),
    policies: new Map(
      Object.entries(policies).map(([name, policy]) => [name, { ...DEFAULT_POLICY, ...policy }]),
    ),
  });
  if (file === undefined) throw new Error(problems.join('\n'));
  return file;
}

/** Runs a subgraph of connectors fused with others. */
export function fuse(
  file: ConnectorFile,
  others: readonly FusedSubgraph[] = [],
  environment: Environment = {},
  resources: Partial<SubgraphResources> = {},
) {
  const connections = new SourceConnections({ ...ownResources(environment), ...resources });
  const connected = createConnectSubgraph(file, connections);
  const subgraph = connected.serve();
  const subgraphs = [...others, subgraph];
  const { supergraphSdl, errors = [] } = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, typeDefs: mergeExtensions(parse(sdl)) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors.map(String).join('\n'));
  const supergraph = new Supergraph(supergraphSdl);
  return {
    ...runnerFor(createFusedGraph({ supergraph, subgraphs })),
    /** The subgraph as a service of its own would run it. */
    alone: runnerFor(createSubgraphGraph(subgraph)),
    /** Apollo's gateway over the same subgraphs, each on graphql-js. */
    apollo: async () => runnerFor(await createReferenceGraph(supergraph, subgraphs)),
    close: () => connected.close(),
  };
}

/** The calls that the fields of a file make. */
export const callTableIn = ({ sdl, connectors }: ConnectorFile) =>
  callTableOf(connectors, readObjectTypes(parse(sdl)));
