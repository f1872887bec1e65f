import { type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import type { SubgraphModule } from './module.ts';

/** The vendor of a subgraph; without a credential, its sandbox vendor. */
export interface VendorPlan {
  readonly module: SubgraphModule;
  readonly vendor: string;
  /** The environment variable that holds the vendor's credential. */
  readonly credential: string;
  readonly usesSandbox: boolean;
}

export interface VendorPlanOptions {
  readonly modules: readonly SubgraphModule[];
  readonly environment: Environment;
  /** In production a missing credential is a problem: invented data is not acceptable there. */
  readonly production: boolean;
  readonly problems: Problems;
}

/** @returns a plan for each module with a known vendor; problems are added to `problems` */
export function planVendors({
  modules,
  environment,
  production,
  problems,
}: VendorPlanOptions): readonly VendorPlan[] {
  return modules.flatMap((module) => {
    const variable = `${module.name.toUpperCase()}_PROVIDER`;
    const name = environment[variable] || module.defaultVendor;
    const vendor = Object.hasOwn(module.vendors, name) ? module.vendors[name] : undefined;
    if (vendor === undefined) {
      problems.push(
        `${variable} must be one of ${Object.keys(module.vendors).join(', ')}, but is "${name}".`,
      );
      parseSettings(module.commonSettings, environment, problems);
      return [];
    }
    const { credential } = vendor;
    const usesSandbox = (environment[credential] ?? '') === '';
    if (usesSandbox)
      problems.push(...problemsWithout({ name, credential }, environment, production));
    return [{ module, vendor: name, credential, usesSandbox }];
  });
}

function problemsWithout(
  vendor: { name: string; credential: string },
  environment: Environment,
  production: boolean,
): Problems {
  if (production) return [`${vendor.credential} must be set in production.`];
  // A base URL alone would send the sandbox vendor's traffic to a real host, or have no effect without a warning.
  return baseUrlsOf(vendor.name, environment).map(
    (name) => `${name} is set, so ${vendor.credential} must be set too.`,
  );
}

/** The variables of a vendor's base URLs, found by their name: `STRIPE_BASE_URL`, `GOOGLE_PLACES_BASE_URL`. */
function baseUrlsOf(vendor: string, environment: Environment): string[] {
  const prefix = `${vendor.toUpperCase()}_`;
  return Object.keys(environment).filter(
    (name) =>
      name.startsWith(prefix) &&
      /^(\w+_)?BASE_URL$/.test(name.slice(prefix.length)) &&
      environment[name] !== '',
  );
}

/** A line for the operator at start. */
export function describePlan({ module, vendor, credential, usesSandbox }: VendorPlan): string {
  return usesSandbox
    ? `${module.name}: sandbox vendor ${vendor} with invented data, because ${credential} is not set`
    : `${module.name}: ${vendor}`;
}
