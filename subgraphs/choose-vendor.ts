import type { Environment, Problems } from '../configuration/environment.ts';
import type { SubgraphModule } from './subgraph.ts';
import type { SubgraphResources } from './subgraph-resources.ts';

/** A vendor to choose from. */
export interface Vendor<Provider> {
  /** The environment variable that holds its credential. */
  readonly credential: string;
  /** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
  create(environment: Environment, problems: Problems, resources?: SubgraphResources): Provider | undefined;
}

export interface ChosenVendor {
  readonly name: string;
  /** The environment variable that holds the vendor's credential. */
  readonly credential: string;
}

/** @returns undefined for a vendor that the module does not have; the problem has then been added to `problems`. */
export function chooseVendor(module: SubgraphModule, environment: Environment, problems: Problems): ChosenVendor | undefined {
  const name = environment[module.vendorVariable] || module.defaultVendor;
  const vendor = Object.hasOwn(module.vendors, name) ? module.vendors[name] : undefined;
  if (vendor !== undefined) return { name, credential: vendor.credential };
  problems.push(`${module.vendorVariable} must be one of ${Object.keys(module.vendors).join(', ')}, but is "${name}".`);
  return undefined;
}
