import { parse } from 'graphql';
import type { Service } from '../../errors/coded-error.ts';
import { UnexpectedValue } from '../../errors/unexpected-value.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { ConnectedSubgraph, SubgraphRequest } from '../subgraph.ts';
import { callTableOf } from './call-table.ts';
import { createCompletion } from './complete-objects.ts';
import { withComputedFields } from './computed-resolvers.ts';
import { ConnectorCalls, judgedByOf, readByOf, type RunningConnector } from './connector-calls.ts';
import type { Connector, ConnectorFile } from './connector-file.ts';
import { EntityLoaders } from './entity-loaders.ts';
import { ConnectorMappings } from './mapping-problems.ts';
import { readObjectTypes } from './object-types.ts';
import { type ConnectContext, connectorResolvers } from './resolvers.ts';
import { feedersIn } from './selection-fields.ts';
import { cachedForOf } from './source-cache.ts';
import type { SourceClient } from './source-client.ts';
import type { SourceConnections } from './source-connections.ts';
import { createWrite } from './writes.ts';

/** A subgraph of REST APIs. Other graphs may share its connections. */
export interface ConnectSubgraph extends ConnectedSubgraph {
  /** Applies the credentials of the file: pending calls continue with the ones they began with. */
  renew(): void;
}

/**
 * Creates an ordinary subgraph from a connector file.
 * @param written the file
 * @param connections the connections of the process
 */
export function createConnectSubgraph(
  written: ConnectorFile,
  connections: SourceConnections,
): ConnectSubgraph {
  const file = connections.overSandbox(written);
  const service: Service = { name: file.name, title: `API ${file.name}` };
  const { monitor, state } = connections.resources;
  const { keyValues } = state;
  const clients = new Map(
    file.sources.map((source) => [source, connections.open(source, service)] as const),
  );
  const document = parse(file.sdl, { noLocation: true });
  const types = readObjectTypes(document);
  const unexpectedValue = (coordinate: string) =>
    new UpstreamError('UPSTREAM_CONTRACT', service, {
      cause: new UnexpectedValue(coordinate, 'expected a value of its type'),
    });
  const completionOf = createCompletion(document, types, file.connectors, unexpectedValue);
  const feedersOf = feedersIn(file.connectors, types);
  const connectors = file.connectors.map((connector): RunningConnector => ({
    ...variablesOf(connector),
    connector,
    client: clientOf(clients, connector.source),
    mappings: new ConnectorMappings(connector, service, monitor),
    write: createWrite(connector, { document, types, service, keyValues }),
    complete: completionOf(connector),
    feeders: feedersOf(connector),
    monitor,
  }));
  const subgraph = {
    name: file.name,
    sdl: file.sdl,
    resolvers: withComputedFields(
      connectorResolvers(document, types, connectors),
      file.computed,
      connectors,
    ),
    addedCalls: { ...callTableOf(file.connectors, types), ...file.computed?.calls },
    unexpectedValue,
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
    renew: () => {
      for (const source of file.sources) connections.renew(source, service);
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

/** The variables of a request that determine how its response is read, judged and shared. */
const variablesOf = (connector: Connector) => ({
  readBy: readByOf(connector),
  judgedBy: judgedByOf(connector),
  cachedFor: cachedForOf(connector),
});

function clientOf<Source>(
  clients: ReadonlyMap<Source, SourceClient>,
  source: Source,
): SourceClient {
  const client = clients.get(source);
  if (client === undefined) throw new TypeError('Each source of a connector has a client.');
  return client;
}
