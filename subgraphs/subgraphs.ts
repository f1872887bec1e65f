import { crm } from './crm/subgraph.ts';
import { maps } from './maps/subgraph.ts';
import { payments } from './payments/subgraph.ts';
import type { SubgraphModule } from './module.ts';

/** The built-in subgraphs. */
export const SUBGRAPHS: readonly SubgraphModule[] = [crm, payments, maps];
