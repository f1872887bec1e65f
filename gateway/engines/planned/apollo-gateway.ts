import { ApolloGateway, type ServiceEndpointDefinition } from '@apollo/gateway';
import type { GraphQLSchema } from 'graphql';

export interface LoadedSupergraph {
  readonly apiSchema: GraphQLSchema;
  readonly stop: () => Promise<void>;
}

/**
 * Loads a supergraph by Apollo's gateway, without its telemetry. Unless the environment variable below is set, the gateway detects its cloud
 * by four metadata services and reports it to Apollo; its configuration has no option for that (`createDataCollectionExporter` in its
 * `utilities/opentelemetry.js`).
 * @param onService is called for each subgraph
 * @throws Error if the SDL is not a supergraph
 */
export async function loadSupergraph(
  sdl: string,
  onService: (service: ServiceEndpointDefinition) => void,
): Promise<LoadedSupergraph> {
  // eslint-disable-next-line no-restricted-properties -- Written, not read: Apollo has no other switch.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    buildService: (service) => {
      onService(service);
      return NEVER_CALLED;
    },
    logger: SILENT_LOGGER,
  });
  const loads: Omit<LoadedSupergraph, 'stop'>[] = [];
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    loads.push({ apiSchema });
  });
  await gateway.load();
  const [loaded] = loads;
  if (loaded === undefined) throw new Error('The supergraph was expected to be loaded.');
  return { ...loaded, stop: () => gateway.stop() };
}

const NEVER_CALLED = {
  process: () => Promise.reject(new TypeError("Plans are not run by Apollo's gateway.")),
};

const SILENT_LOGGER = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
