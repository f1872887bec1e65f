import type { RequestScope } from '../../../../request/request-scope.ts';
import type { Rate } from '../../../../state/shared-state.ts';
import type { Credential } from '../../../../upstream/credential.ts';
import { createUpstreamClient } from '../../../../upstream/upstream-client.ts';
import {
  type CachePolicy,
  type Lifetimes,
  NO_LIFETIMES,
  type RateLimits,
  type UpstreamResources,
} from '../../../../upstream/upstream-policy.ts';
import type {
  AnyRequest,
  OutgoingRequest,
  UpstreamRequest,
} from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import type { CachedType } from '../../domain.ts';
import type { CrmSettings } from '../../provider.ts';
import { areaOfPath, pathInVersion } from './hubspot-api-version.ts';
import { changesOf, isComplete, tagsOf } from './hubspot-cache-tags.ts';
import type { HubspotConfig } from './hubspot-config.ts';
import { describeRefusal } from './hubspot-permissions.ts';
import { explainRefusal } from './hubspot-refusals.ts';
import { CRM } from '../../service.ts';

export interface HubspotClient {
  /** @param request has a path without a version. */
  send<T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T>;
  close(): Promise<void>;
}

export function createHubspotClient(
  { accessToken, apiVersion, baseUrl, rateLimit }: HubspotConfig,
  { lifetimes }: CrmSettings,
  resources: UpstreamResources,
): HubspotClient {
  const client = createUpstreamClient({
    service: CRM,
    vendor: 'hubspot',
    baseUrl,
    authorize: authorizeHubspot(accessToken),
    // Every plan allows ten per second: the recorded responses' X-HubSpot-RateLimit-Secondly.
    policy: {
      maxConcurrency: 10,
      cache: hubspotCache(accessToken, lifetimes),
      ...(rateLimit !== null && { limits: hubspotLimits(accessToken, rateLimit) }),
    },
    explain: explainRefusal,
    describeRefusal,
    resources,
  });
  return {
    send: (request, scope) =>
      client.send({ ...request, path: pathInVersion(request.path, apiVersion) }, scope),
    close: () => client.close(),
  };
}

export const authorizeHubspot =
  (accessToken: Credential) =>
  ({ headers }: OutgoingRequest): void => {
    headers['authorization'] = `Bearer ${accessToken.text}`;
  };

/** https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
const hubspotLimits = (accessToken: Credential, rate: Rate): RateLimits => ({
  account: accessToken.budgetAccount,
  rates: { calls: rate, search: SEARCHES },
  limitOf: ({ path }) => (path.endsWith('/search') ? 'search' : 'calls'),
  readRate,
});

/** https://developers.hubspot.com/docs/api-reference/search/guide, "Rate limits" */
const SEARCHES: Rate = { limit: 5, windowMs: 1000 };

/** Responses to searches report only the daily limit. */
function readRate(headers: UpstreamResponse['headers']): Rate | undefined {
  const limit = Number(headers['x-hubspot-ratelimit-max']);
  const windowMs = Number(headers['x-hubspot-ratelimit-interval-milliseconds']);
  return limit >= 1 && windowMs >= 1 && windowMs <= MAX_WINDOW_MS ? { limit, windowMs } : undefined;
}

const MAX_WINDOW_MS = 60_000;

const hubspotCache = (
  accessToken: Credential,
  lifetimes: Lifetimes = NO_LIFETIMES,
): CachePolicy => ({
  get account() {
    return accessToken.account;
  },
  kindOf,
  tagsOf,
  changesOf,
  isComplete,
  ...lifetimes,
});

/** A link's type is the type of its target. */
function kindOf({ path }: AnyRequest): CachedType | undefined {
  const [area = '', from = '', to = ''] = areaOfPath(path);
  return KINDS[
    area === 'associations'
      ? to
      : area === 'objects' || area === 'properties'
        ? `${area}/${from}`
        : area
  ];
}

const KINDS: Readonly<Record<string, CachedType>> = {
  'objects/contacts': 'Customer',
  'objects/companies': 'Company',
  'objects/deals': 'Deal',
  contacts: 'Customer',
  companies: 'Company',
  deals: 'Deal',
  pipelines: 'Pipeline',
  'properties/contacts': 'LifecycleStage',
  owners: 'Owner',
};
