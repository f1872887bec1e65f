import {
  operationFromDocument,
  Supergraph as ApolloSupergraph,
} from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';
import type { Supergraph } from '../../../supergraph/supergraph.ts';
import { compilePlan } from './compile-plan.ts';
import type { Plan, Planner } from './plan.ts';
import { planSupergraph } from './planned-supergraph.ts';

/** Apollo's planner for a supergraph. It blocks its thread for the duration of a plan. */
export function createPlanner({ document }: Supergraph): (operation: string) => Plan {
  const planned = planSupergraph(document);
  // Not validated: the gateway has loaded the original, and stand-ins leave some external fields unused.
  const supergraph = ApolloSupergraph.build(planned.document, { validateSupergraph: false });
  const schema = supergraph.apiSchema();
  // Without it, a field selected on one type is fetched for objects of all types at its response path, with the arguments of any of them.
  const planner = new QueryPlanner(supergraph, { typeConditionedFetching: true });
  return (operation) =>
    compilePlan(planner.buildQueryPlan(operationFromDocument(schema, parse(operation))), planned);
}

export function planHere(supergraph: Supergraph): Planner {
  const plan = createPlanner(supergraph);
  return {
    // Rejects where the planner throws.
    plan: (operation) => Promise.resolve(operation).then(plan),
    close: () => Promise.resolve(),
  };
}
