import { crm } from './crm/subgraph.ts';
import { maps } from './maps/subgraph.ts';
import { payments } from './payments/subgraph.ts';
import type { SubgraphModule } from './subgraph.ts';

/** All parts of the graph. */
export const SUBGRAPHS: readonly SubgraphModule[] = [crm, payments, maps];
