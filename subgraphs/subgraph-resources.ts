import { z } from 'zod';
import { allOf, type Settings } from '../settings/settings.ts';
import { integer, timeoutMs } from '../settings/values.ts';
import type { SharedState } from '../state/shared-state.ts';
import { proxySettings } from '../upstream/proxy.ts';
import type { UpstreamResources } from '../upstream/upstream-policy.ts';

/** Resources that the subgraphs of a process share. */
export interface SubgraphResources extends UpstreamResources {
  readonly state: SharedState;
}

export type ResourceSettings = Pick<
  UpstreamResources,
  'maxTries' | 'maxFailures' | 'timeoutMs' | 'proxies'
>;

export const resourceSettings: Settings<ResourceSettings> = allOf({
  proxies: proxySettings,
  calls: z.object({
    VENDOR_TIMEOUT_MS: z.optional(timeoutMs()).default(3000),
    UPSTREAM_MAX_TRIES: integer({ min: 1, max: 10 }).default(3),
    /** 0: no circuit breaker. */
    UPSTREAM_MAX_FAILURES: integer({ min: 0, max: 1000 }).default(10),
  }),
}).transform(({ proxies, calls }) => ({
  timeoutMs: calls.VENDOR_TIMEOUT_MS,
  maxTries: calls.UPSTREAM_MAX_TRIES,
  maxFailures: calls.UPSTREAM_MAX_FAILURES === 0 ? Infinity : calls.UPSTREAM_MAX_FAILURES,
  proxies,
}));
