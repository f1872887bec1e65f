import { parse } from 'graphql';
import type { Service } from '../../errors/coded-error.ts';
import { UnexpectedValue } from '../../errors/unexpected-value.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { SubgraphResources } from '../subgraph-resources.ts';
import type { ConnectedSubgraph, SubgraphRequest } from '../subgraph.ts';
import { callTableOf } from './call-table.ts';
import { createCompletion } from './complete-objects.ts';
import { ConnectorCalls, judgedByOf, readByOf, type RunningConnector } from './connector-calls.ts';
import type { ConnectorFile } from './connector-file.ts';
import { EntityLoaders } from './entity-loaders.ts';
import { ConnectorMappings } from './mapping-problems.ts';
import { readObjectTypes } from './object-types.ts';
import { type ConnectContext, connectorResolvers } from './resolvers.ts';
import { feedersOf } from './selection-fields.ts';
import { createSourceClient, type SourceClient } from './source-client.ts';

/** Makes an ordinary subgraph of a file of connectors. */
export function createConnectSubgraph(
  file: ConnectorFile,
  resources: SubgraphResources,
): ConnectedSubgraph {
  const service: Service = { name: file.name, title: `API ${file.name}` };
  const clients = new Map(
    file.sources.map((source) => [source, createSourceClient(source, service, resources)] as const),
  );
  const document = parse(file.sdl, { noLocation: true });
  const types = readObjectTypes(document);
  const completion = createCompletion(types, file.connectors);
  const connectors = file.connectors.map((connector): RunningConnector => ({
    connector,
    client: clientOf(clients, connector.source),
    mappings: new ConnectorMappings(connector, service, resources.monitor),
    readBy: readByOf(connector),
    judgedBy: judgedByOf(connector),
    complete: completion(connector),
    feeders: feedersOf(connector, file.connectors, types),
  }));
  const subgraph = {
    name: file.name,
    sdl: file.sdl,
    resolvers: connectorResolvers(document, connectors),
    addedCalls: callTableOf(file),
    unexpectedValue: (coordinate: string) =>
      new UpstreamError('UPSTREAM_CONTRACT', service, {
        cause: new UnexpectedValue(coordinate, 'expected a value of its type'),
      }),
    createContext: (request: SubgraphRequest): ConnectContext => {
      const calls = new ConnectorCalls(service, request, file.outside);
      return {
        calls,
        entities: new EntityLoaders(calls),
        wanted: (type) => request.wanted(type),
      };
    },
  };
  return {
    name: file.name,
    serve: () => subgraph,
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

function clientOf<Source>(
  clients: ReadonlyMap<Source, SourceClient>,
  source: Source,
): SourceClient {
  const client = clients.get(source);
  if (client === undefined) throw new TypeError('Each source of a connector has a client.');
  return client;
}
