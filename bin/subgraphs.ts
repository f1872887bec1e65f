import type { WarmUpOperation } from '../subgraphs/subgraph.ts';
import { crm } from '../subgraphs/crm/subgraph.ts';
import { maps } from '../subgraphs/maps/subgraph.ts';
import { payments } from '../subgraphs/payments/subgraph.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';

/** The built-in subgraphs. */
export const SUBGRAPHS: readonly SubgraphModule[] = [crm, payments, maps];

/** A likely first query of clients. */
export const WARM_UP: WarmUpOperation = {
  query: `{
    customers(first: 1) {
      edges { node { id name company { name } payments(first: 1) { nodes { amount { amount } status } } address { formatted place { id } } } }
    }
  }`,
};
