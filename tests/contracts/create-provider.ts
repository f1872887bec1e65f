import { type Environment, parseSettings, type Settings } from '../../settings/settings.ts';
import type { CommonSettings, Vendor } from '../../subgraphs/module.ts';
import { NO_LIFETIMES } from '../../upstream/upstream-policy.ts';
import { ownResources } from '../subgraphs/test-resources.ts';

/**
 * The provider of a vendor, as its subgraph makes it.
 * @param settings are those that count for whichever vendor
 * @throws Error where a setting is wrong
 */
export function createProvider<Own, Provider>(
  vendor: Vendor<Own & CommonSettings, Provider> | undefined,
  settings: Settings<Own>,
  environment: Environment,
): Provider {
  const problems: string[] = [];
  const open = vendor && parseSettings(vendor.settings, environment, problems);
  const own = parseSettings(settings, environment, problems);
  if (open === undefined || own === undefined) throw new Error(problems.join('\n'));
  return open.create({ ...own, lifetimes: NO_LIFETIMES }, ownResources());
}
