import { parse } from 'graphql';
import type { Service } from '../../errors/coded-error.ts';
import type { ConnectedSubgraph, SubgraphRequest } from '../subgraph.ts';
import { callTableOf } from './call-table.ts';
import { createCompletion } from './complete-objects.ts';
import { ConnectorCalls, explainBy, readByOf, type RunningConnector } from './connector-calls.ts';
import type { ConnectorFile } from './connector-file.ts';
import { EntityLoaders } from './entity-loaders.ts';
import { readObjectTypes } from './object-types.ts';
import { type ConnectContext, connectorResolvers } from './resolvers.ts';
import { feedersOf } from './selection-fields.ts';
import { cachedForOf } from './source-cache.ts';
import type { SourceClient } from './source-client.ts';
import type { SourceConnections } from './source-connections.ts';
import { createWrite } from './writes.ts';

/** A subgraph of REST APIs, whose connections other graphs may share. */
export interface ConnectSubgraph extends ConnectedSubgraph {
  /** Puts the credentials of the file to use: calls under way keep those with which they began. */
  renew(): void;
}

/**
 * Makes an ordinary subgraph of a file of connectors.
 * @param connections are those of the process
 */
export function createConnectSubgraph(
  file: ConnectorFile,
  connections: SourceConnections,
): ConnectSubgraph {
  const service: Service = { name: file.name, title: `API ${file.name}` };
  const { keyValues } = connections.resources.state;
  const clients = new Map(
    file.sources.map((source) => [source, connections.open(source, service)] as const),
  );
  const document = parse(file.sdl, { noLocation: true });
  const types = readObjectTypes(document);
  const completion = createCompletion(types, file.connectors);
  const connectors = file.connectors.map((connector): RunningConnector => ({
    connector,
    client: clientOf(clients, connector.source),
    explain: explainBy(connector, service),
    write: createWrite(connector, { document, service, keyValues }),
    readBy: readByOf(connector),
    cachedFor: cachedForOf(connector),
    complete: completion(connector),
    feeders: feedersOf(connector, file.connectors, types),
  }));
  const subgraph = {
    name: file.name,
    sdl: file.sdl,
    resolvers: connectorResolvers(document, connectors),
    addedCalls: callTableOf(file),
    createContext: (request: SubgraphRequest): ConnectContext => {
      const calls = new ConnectorCalls(service, request);
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

function clientOf<Source>(
  clients: ReadonlyMap<Source, SourceClient>,
  source: Source,
): SourceClient {
  const client = clients.get(source);
  if (client === undefined) throw new TypeError('Each source of a connector has a client.');
  return client;
}
