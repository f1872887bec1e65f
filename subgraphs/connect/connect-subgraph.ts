import { parse } from 'graphql';
import type { Service } from '../../errors/coded-error.ts';
import type { SubgraphResources } from '../subgraph-resources.ts';
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
import { createSourceClient, type SourceClient } from './source-client.ts';
import { createWrite } from './writes.ts';

/** Makes an ordinary subgraph of a file of connectors. */
export function createConnectSubgraph(
  file: ConnectorFile,
  resources: SubgraphResources,
): ConnectedSubgraph {
  const service: Service = { name: file.name, title: `API ${file.name}` };
  const clients = new Map(
    file.sources.map((source) => {
      const toSource = file.connectors.filter((connector) => connector.source === source);
      return [source, createSourceClient(source, toSource, service, resources)] as const;
    }),
  );
  const document = parse(file.sdl, { noLocation: true });
  const types = readObjectTypes(document);
  const completion = createCompletion(types, file.connectors);
  const connectors = file.connectors.map((connector): RunningConnector => ({
    connector,
    client: clientOf(clients, connector.source),
    explain: explainBy(connector, service),
    write: createWrite(connector, { document, service, keyValues: resources.state.keyValues }),
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
