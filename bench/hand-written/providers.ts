import { type Environment, parseSettings, type Problems } from '../../settings/settings.ts';
import { createMemoryState } from '../../state/memory-state.ts';
import { crmSettings } from '../../subgraphs/crm/settings.ts';
import { CRM_VENDORS } from '../../subgraphs/crm/vendors.ts';
import { MAPS_VENDORS } from '../../subgraphs/maps/vendors.ts';
import type { Vendor } from '../../subgraphs/module.ts';
import { paymentsSettings } from '../../subgraphs/payments/settings.ts';
import { PAYMENTS_VENDORS } from '../../subgraphs/payments/vendors.ts';
import { resourceSettings } from '../../subgraphs/subgraph-resources.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import { NO_LIFETIMES } from '../../upstream/upstream-policy.ts';
import type { Providers } from './answers.ts';

export function createProviders(environment: Environment): Providers {
  const problems: Problems = [];
  const settings = parseSettings(resourceSettings, environment, problems);
  const own = {
    crm: parseSettings(crmSettings, environment, problems),
    payments: parseSettings(paymentsSettings, environment, problems),
  };
  if (settings === undefined || own.crm === undefined || own.payments === undefined)
    throw new Error(problems.join('\n'));
  const resources = { ...settings, monitor: NO_MONITOR, state: createMemoryState() };
  const create = <Shared, Provider>(
    vendor: Vendor<Shared, Provider> | undefined,
    shared: Shared,
  ): Provider => {
    const open = vendor && parseSettings(vendor.settings, environment, problems);
    if (open === undefined) throw new Error(problems.join('\n'));
    return open.create(shared, resources);
  };
  const lifetimes = NO_LIFETIMES;
  return {
    crm: create(CRM_VENDORS['hubspot'], { ...own.crm, lifetimes }),
    payments: create(PAYMENTS_VENDORS['stripe'], { ...own.payments, lifetimes }),
    maps: create(MAPS_VENDORS['google'], { lifetimes }),
  };
}
