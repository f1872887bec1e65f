import { type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import type { ProxySettings } from '../upstream/proxy.ts';
import type { ConnectedSubgraph } from './subgraph.ts';
import { type CheckOutcome, readChecks, runChecks } from './vendor-check.ts';
import type { VendorPlan } from './vendor-plan.ts';

export interface RenewalOptions {
  readonly plans: readonly VendorPlan[];
  readonly subgraphs: readonly ConnectedSubgraph[];
  /** Contains the new credentials. */
  readonly environment: Environment;
  readonly proxies: ProxySettings | undefined;
  /** Receives each new credential before its first use, so that logs redact it. */
  readonly onSecret: (secret: string) => void;
}

export interface Renewal {
  /** The variables whose new credentials are now in use. */
  readonly renewed: readonly string[];
  /** Why others are not in use, a sentence each. */
  readonly problems: Problems;
}

/**
 * Applies changed credentials. Each is checked first: it must have all permissions of the current one. Pending calls continue with the old
 * one.
 * Rate limits, circuit breakers and connections stay as they are.
 */
export async function renewCredentials(options: RenewalOptions): Promise<Renewal> {
  const results = await Promise.all(options.plans.map((plan) => renew(plan, options)));
  return {
    renewed: results.flatMap((result) => ('renewed' in result ? [result.renewed] : [])),
    problems: results.flatMap((result) => ('problems' in result ? result.problems : [])),
  };
}

type Result = { readonly renewed: string } | { readonly problems: Problems };

async function renew(plan: VendorPlan, options: RenewalOptions): Promise<Result> {
  const { module, vendor, credential: variable, usesSandbox } = plan;
  const { environment, onSecret } = options;
  const text = environment[variable] ?? '';
  const credential = options.subgraphs.find(({ name }) => name === module.name)?.credential;
  if (usesSandbox || credential === undefined || text === '' || text === credential.text)
    return { problems: [] };
  onSecret(text);
  const refusal = module.vendors[vendor]?.refuseRenewal?.(credential.text, text);
  if (refusal !== undefined) return { problems: [refusal] };
  const problems = await findProblems(plan, credential.text, options);
  if (problems.length > 0) return { problems };
  credential.renew(text);
  return { renewed: variable };
}

/** @param before is the credential in use */
async function findProblems(
  { module, vendor, credential: variable }: VendorPlan,
  before: string,
  { environment, proxies }: RenewalOptions,
): Promise<Problems> {
  const problems: Problems = [];
  const outcomesWith = async (text: string) => {
    const complete = { ...environment, [variable]: text };
    const checks = parseSettings(module.checks(vendor), complete, problems) ?? [];
    return runChecks(readChecks(checks), proxies);
  };
  const [now, then] = await Promise.all([
    outcomesWith(environment[variable] ?? ''),
    outcomesWith(before),
  ]);
  if (problems.length > 0) return problems;
  const failed = now.filter(hasFailed);
  // A check that the old credential fails too does not reject the new one, unless the new one fails all checks.
  const isWorse = failed.some(
    ({ name }) => !then.some((old) => old.name === name && hasFailed(old)),
  );
  if (!isWorse && failed.length < now.length) return [];
  const remedies = failed.flatMap((outcome) => ('remedy' in outcome ? [outcome.remedy] : []));
  return [...new Set(remedies)];
}

const hasFailed = (outcome: CheckOutcome) => 'remedy' in outcome;
