import { chooseVendor } from '../choose-vendor.ts';
import type { SubgraphModule } from '../subgraph.ts';
import { ownResources } from '../subgraph-resources.ts';
import { OnceWriter } from '../write-once.ts';
import { createCrmContext } from './context.ts';
import { crmResolvers } from './resolvers.ts';
import { CRM_VENDORS, readCrmSettings } from './vendors.ts';

/** People, companies and deals. */
export const crm: SubgraphModule = {
  name: 'crm',
  vendorVariable: 'CRM_PROVIDER',
  defaultVendor: 'hubspot',
  vendors: CRM_VENDORS,
  checkSettings: readCrmSettings,
  create({ sdl, environment, problems, resources = ownResources() }) {
    const vendor = chooseVendor(crm, environment, problems);
    const provider = vendor && CRM_VENDORS[vendor.name]?.create(environment, problems, resources);
    if (provider === undefined) return undefined;
    const { searchDelaySeconds } = provider.capabilities;
    const once = new OnceWriter({ service: 'crm', texts: resources.state.texts, searchDelaySeconds });
    return {
      name: 'crm',
      sdl,
      resolvers: crmResolvers,
      createContext: (request) => createCrmContext(provider, once, request),
      close: () => provider.close(),
    };
  },
};
