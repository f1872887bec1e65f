import type { AnyRequest } from '../upstream/upstream-request.ts';
import type { ProxySettings } from '../upstream/proxy.ts';
import { probe, type ProbedApi } from '../upstream/probe.ts';
import type { UpstreamResponse } from '../upstream/vendor-response.ts';

/** A free call without side effects that shows whether a credential has a permission that the graph needs. */
export interface VendorCheck {
  /** The purpose of the permission: `read deals`. */
  readonly name: string;
  /** The vendor's name of the permission: `crm.objects.deals.read`. */
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
  /** Unknown: the vendor refuses the call for another reason before it checks permissions. */
  | { readonly result: 'not disproved' }
  | { readonly result: 'refused' | 'no response'; readonly remedy: string };

export type CheckOutcome = Verdict & Pick<VendorCheck, 'name' | 'needs'>;

/** Runs checks concurrently. */
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

/** The free checks that reads need, without those of mutations. */
export const readChecks = (checks: readonly VendorCheck[]): readonly VendorCheck[] =>
  checks.filter(({ isPaid, isForMutations }) => isPaid !== true && isForMutations !== true);

const noResponse = ({ baseUrl }: ProbedApi): Verdict => ({
  result: 'no response',
  remedy: `Let this server connect to ${new URL(baseUrl).host}: check the network, the proxy and the base URL.`,
});

/** The remedies, without duplicates: a wrong credential fails every check. */
export const remediesOf = (outcomes: readonly CheckOutcome[]): readonly string[] => [
  ...new Set(outcomes.flatMap((outcome) => ('remedy' in outcome ? [outcome.remedy] : []))),
];
