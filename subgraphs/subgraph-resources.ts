import { z } from 'zod';
import { integer } from '../settings/values.ts';
import type { SharedState } from '../state/shared-state.ts';
import type { UpstreamResources } from '../upstream/upstream-policy.ts';

/** What the subgraphs of a process have in common. */
export interface SubgraphResources extends UpstreamResources {
  readonly state: SharedState;
}

export type ResourceSettings = Pick<UpstreamResources, 'maxTries' | 'maxFailures'>;

export const resourceSettings = z
  .object({
    UPSTREAM_MAX_TRIES: integer({ min: 1, max: 10 }).default(3),
    /** 0: a vendor is called whatever it does. */
    UPSTREAM_MAX_FAILURES: integer({ min: 0, max: 1000 }).default(10),
  })
  .transform(
    ({ UPSTREAM_MAX_TRIES: maxTries, UPSTREAM_MAX_FAILURES: maxFailures }): ResourceSettings => ({
      maxTries,
      maxFailures: maxFailures === 0 ? Infinity : maxFailures,
    }),
  );
