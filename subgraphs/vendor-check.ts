import type { AnyRequest } from '../upstream/upstream-request.ts';
import type { ProxySettings } from '../upstream/proxy.ts';
import { probe, type ProbedApi } from '../upstream/probe.ts';
import type { UpstreamResponse } from '../upstream/vendor-response.ts';

/** A call that changes nothing and costs nothing, and shows whether a credential has a permission that the graph needs. */
export interface VendorCheck {
  /** What the permission is for: `read deals`. */
  readonly name: string;
  /** By the vendor's name: `crm.objects.deals.read`. */
  readonly needs: string;
  /** Only mutations need it. @default false */
  readonly isForMutations?: boolean;
  /** The vendor charges for the call. @default false */
  readonly isPaid?: boolean;
  readonly api: ProbedApi;
  readonly request: AnyRequest;
  readonly judge: (response: UpstreamResponse) => Verdict;
}

export type Verdict =
  | { readonly result: 'ok' }
  /** The vendor does not say: it refuses the call for another reason before it looks at permissions. */
  | { readonly result: 'not disproved' }
  | { readonly result: 'refused' | 'no response'; readonly remedy: string };

export type CheckOutcome = Verdict & Pick<VendorCheck, 'name' | 'needs'>;

/** Makes the calls of some checks, side by side. */
export const runChecks = (
  checks: readonly VendorCheck[],
  proxies: ProxySettings | undefined,
): Promise<readonly CheckOutcome[]> =>
  Promise.all(
    checks.map(async ({ name, needs, api, request, judge }) => ({
      name,
      needs,
      ...(await probe(api, request, proxies).then(judge, () => noResponse(api))),
    })),
  );

/** What reads need, without what costs or what only mutations need. */
export const readChecks = (checks: readonly VendorCheck[]): readonly VendorCheck[] =>
  checks.filter(({ isPaid, isForMutations }) => isPaid !== true && isForMutations !== true);

const noResponse = ({ baseUrl }: ProbedApi): Verdict => ({
  result: 'no response',
  remedy: `Let this server connect to ${new URL(baseUrl).host}: check the network, the proxy and the base URL.`,
});

/** What to change, each once: a wrong credential fails every check. */
export const remediesOf = (outcomes: readonly CheckOutcome[]): readonly string[] => [
  ...new Set(outcomes.flatMap((outcome) => ('remedy' in outcome ? [outcome.remedy] : []))),
];
