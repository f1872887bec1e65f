import { chooseVendor } from '../choose-vendor.ts';
import type { SubgraphModule } from '../subgraph.ts';
import { ownResources } from '../subgraph-resources.ts';
import { OnceWriter } from '../write-once.ts';
import { createPaymentsContext } from './context.ts';
import { paymentsResolvers } from './resolvers.ts';
import { PAYMENTS_VENDORS, readPaymentsSettings } from './vendors.ts';

export const payments: SubgraphModule = {
  name: 'payments',
  vendorVariable: 'PAYMENTS_PROVIDER',
  defaultVendor: 'stripe',
  vendors: PAYMENTS_VENDORS,
  checkSettings: readPaymentsSettings,
  create({ sdl, environment, problems, resources = ownResources() }) {
    const vendor = chooseVendor(payments, environment, problems);
    const provider = vendor && PAYMENTS_VENDORS[vendor.name]?.create(environment, problems, resources);
    if (provider === undefined) return undefined;
    const { keySeconds } = provider.capabilities;
    const writer = new OnceWriter({ service: 'payments', texts: resources.state.texts, keySeconds });
    return {
      name: 'payments',
      sdl,
      resolvers: paymentsResolvers,
      createContext: (request) => createPaymentsContext(provider, writer, request),
      close: () => provider.close(),
    };
  },
};
