import { ApolloGateway, type GatewayConfig } from '@apollo/gateway';

/**
 * Apollo's gateway, which loads supergraphs, and tells nobody of them: unless this variable is set when it is made, it
 * asks the metadata services of four clouds where it runs and reports that to Apollo, with nothing in its configuration
 * against it (`createDataCollectionExporter` in its `utilities/opentelemetry.js`).
 */
export function createApolloGateway(config: GatewayConfig): ApolloGateway {
  // eslint-disable-next-line no-restricted-properties -- Written, not read: Apollo has no other switch.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  return new ApolloGateway({ ...config, logger: QUIET });
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
