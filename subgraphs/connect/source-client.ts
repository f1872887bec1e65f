import type { Service } from '../../errors/coded-error.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { createUpstreamClient } from '../../upstream/upstream-client.ts';
import { accountOf, type UpstreamPolicy } from '../../upstream/upstream-policy.ts';
import type { AnyRequest, OutgoingRequest } from '../../upstream/upstream-request.ts';
import type { VendorResponse } from '../../upstream/vendor-response.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { SubgraphResources } from '../subgraph-resources.ts';
import { AccessTokens } from './access-tokens.ts';
import type { Connector, Source } from './connector-file.ts';
import { cachePolicyOf } from './source-cache.ts';
import type { SourceAuth } from './source-policy.ts';

/** Calls one source, by its policy. */
export interface SourceClient {
  /** @throws CodedError */
  exchange(request: AnyRequest, scope: RequestScope): Promise<VendorResponse>;
  close(): Promise<void>;
}

/** Where a policy says nothing. */
const MAX_CONCURRENCY = 20;

/**
 * @param connectors are those to the source
 * @param service is the subgraph, which errors name
 */
export function createSourceClient(
  source: Source,
  connectors: readonly Connector[],
  service: Service,
  resources: SubgraphResources,
): SourceClient {
  const { retries } = source.policy;
  const client = createUpstreamClient({
    service,
    vendor: source.name,
    baseUrl: source.baseUrl,
    authorize: authorizeBy(source.policy.auth),
    policy: upstreamPolicy(source, connectors),
    resources: retries === undefined ? resources : { ...resources, maxTries: retries + 1 },
  });
  const { auth } = source.policy;
  if (auth?.kind !== 'oauth2') return client;
  const tokens = new AccessTokens({ auth, service, vendor: source.name, resources });
  return {
    exchange: async (request, scope) => {
      const token = await tokens.get(scope);
      try {
        return await client.exchange(withToken(request, token), scope);
      } catch (error) {
        if (!(error instanceof UpstreamError) || error.status !== 401) throw error;
        // It was revoked, or expired early. Nothing was done, so a write is sent again, too.
        tokens.forget(token);
        return client.exchange(withToken(request, await tokens.get(scope)), scope);
      }
    },
    close: async () => {
      await Promise.all([client.close(), tokens.close()]);
    },
  };
}

const withToken = (request: AnyRequest, token: string): AnyRequest => ({
  ...request,
  authorization: `Bearer ${token}`,
});

function upstreamPolicy(
  { baseUrl, policy }: Source,
  connectors: readonly Connector[],
): UpstreamPolicy {
  const { concurrency = MAX_CONCURRENCY, timeoutMs, rate, cache } = policy;
  const account = accountOf(JSON.stringify([baseUrl, policy.auth]));
  return {
    maxConcurrency: concurrency,
    timeoutMs,
    ...(cache !== undefined && { cache: cachePolicyOf(cache, connectors, account) }),
    ...(rate != null && {
      limits: { account, rates: { [ALL_CALLS]: rate }, limitOf: () => ALL_CALLS },
    }),
  };
}

/** A source has one limit. */
const ALL_CALLS = 'calls';

const authorizeBy =
  (auth: SourceAuth | undefined) =>
  ({ headers, query }: OutgoingRequest): void => {
    if (auth?.kind === 'header') headers[auth.name] = auth.value;
    if (auth?.kind === 'query') query[auth.name] = auth.value;
  };
