import type { SubgraphRequest } from '../subgraph.ts';
import type { IdempotentWriter } from '../writes/idempotent-writes.ts';
import { createPaymentsLists, type PaymentsLists } from './lists.ts';
import { createPaymentsLoaders, type PaymentsLoaders } from './loaders.ts';
import type { PaymentsCapabilities, PaymentsProvider } from './provider.ts';
import { createPaymentsWrites, type PaymentsWrites } from './writes.ts';

export interface PaymentsContext {
  readonly capabilities: PaymentsCapabilities;
  /** Records by id or other key. */
  readonly loaders: PaymentsLoaders;
  /** Connections. */
  readonly lists: PaymentsLists;
  /** Mutations. */
  readonly writes: PaymentsWrites;
}

export function createPaymentsContext(
  provider: PaymentsProvider,
  writer: IdempotentWriter,
  request: SubgraphRequest,
): PaymentsContext {
  const loaders = createPaymentsLoaders(provider, request);
  return {
    capabilities: provider.capabilities,
    loaders,
    lists: createPaymentsLists(provider, loaders, request),
    writes: createPaymentsWrites(provider, writer, request),
  };
}
