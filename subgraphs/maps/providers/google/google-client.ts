import { createUpstreamClient } from '../../../../upstream/upstream-client.ts';
import type { UpstreamPolicy, UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type { Credential } from '../../../../upstream/credential.ts';
import type { OutgoingRequest } from '../../../../upstream/upstream-request.ts';
import type { GoogleConfig } from './google-config.ts';
import { describeRefusal } from './google-permissions.ts';
import { explainRpcResponse, explainStatusResponse } from './google-refusals.ts';
import { MAPS } from '../../service.ts';

/** Each call takes some tenths of a second. */
const MAX_CONCURRENCY = 20;

export function createGoogleClients(
  { apiKey, rateLimit, timeoutMs, geocodingBaseUrl, routesBaseUrl, placesBaseUrl }: GoogleConfig,
  resources: UpstreamResources,
) {
  const policyOf = (api: string, noBatchReason: string): UpstreamPolicy => ({
    maxConcurrency: MAX_CONCURRENCY,
    timeoutMs,
    noBatchReason,
    ...(rateLimit !== null && {
      limits: { account: apiKey.budgetAccount, rates: { [api]: rateLimit }, limitOf: () => api },
    }),
  });
  const common = { service: MAPS, vendor: 'google', describeRefusal, resources } as const;
  const newer = {
    ...common,
    authorize: authorizeByHeader(apiKey),
    explain: explainRpcResponse,
  };
  const older = {
    ...common,
    baseUrl: geocodingBaseUrl,
    authorize: authorizeByQuery(apiKey),
    explain: explainStatusResponse,
  };
  return {
    geocoding: createUpstreamClient({
      ...older,
      api: 'geocoding',
      policy: policyOf('geocoding', 'Google looks up one address or point a call'),
    }),
    // A separate client: anyone with a link can request images, which must not use up the rate limit of the graph's
    // operations.
    images: createUpstreamClient({
      ...older,
      api: 'staticmap',
      policy: policyOf('staticmap', 'Google draws one map a call'),
    }),
    routes: createUpstreamClient({
      ...newer,
      api: 'routes',
      policy: policyOf('routes', 'Google computes one route a call'),
      baseUrl: routesBaseUrl,
    }),
    places: createUpstreamClient({
      ...newer,
      api: 'places',
      policy: policyOf('places', 'Google runs one search a call'),
      baseUrl: placesBaseUrl,
    }),
  };
}

export const authorizeByHeader =
  (apiKey: Credential) =>
  ({ headers }: OutgoingRequest): void => {
    headers['x-goog-api-key'] = apiKey.text;
  };

/** The older APIs accept the key only in the query. */
export const authorizeByQuery =
  (apiKey: Credential) =>
  ({ query }: OutgoingRequest): void => {
    query['key'] = apiKey.text;
  };
