import type { SubgraphRequest } from '../subgraph.ts';
import { createPaymentsLists, type PaymentsLists } from './lists.ts';
import { createPaymentsLoaders, type PaymentsLoaders } from './loaders.ts';
import type { PaymentsProvider } from './provider.ts';

export interface PaymentsContext {
  /** Records by what names them. */
  readonly loaders: PaymentsLoaders;
  /** Connections. */
  readonly lists: PaymentsLists;
}

export function createPaymentsContext(provider: PaymentsProvider, request: SubgraphRequest): PaymentsContext {
  const loaders = createPaymentsLoaders(provider, request);
  return { loaders, lists: createPaymentsLists(provider, loaders, request) };
}
