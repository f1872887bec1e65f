import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { conditionVariables, type DecidedOperation, decideConditions } from '../../operation/decided-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import type { Plan, Planner } from './planning/plan.ts';
import { plannedName, planningText } from './planning/planned-names.ts';

/** All that is found out about an operation once, for one set of its conditions. */
export interface PreparedOperation {
  readonly decided: DecidedOperation;
  readonly shape: SelectionShape;
  readonly plan: Promise<Plan>;
}

type Request = Pick<GatewayGraphQLRequestContext, 'queryHash' | 'operationName' | 'document' | 'operation'>;

/** Operations with their plans. */
export class OperationPlans {
  readonly #schema: GraphQLSchema;
  readonly #planner: Planner;
  readonly #conditions = new LRUCache<string, readonly string[]>({ max: MAX_OPERATIONS });
  readonly #prepared = new LRUCache<string, PreparedOperation>({ max: MAX_OPERATIONS });

  constructor(schema: GraphQLSchema, planner: Planner) {
    this.#schema = schema;
    this.#planner = planner;
  }

  prepare(request: Request, variables: Readonly<Record<string, unknown>>): PreparedOperation {
    const name = `${request.queryHash} ${request.operationName ?? ''}`;
    const conditions = this.#conditions.get(name) ?? conditionVariables(request.document);
    this.#conditions.set(name, conditions);
    const key = `${name} ${conditions.map((variable) => String(variables[variable])).join()}`;
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;

    // Apollo's planner gives silent nulls where a field with `@requires` is conditional beside a field of the same entity and
    // subgraph with other requirements; without conditions it has nothing to get wrong.
    const decided = decideConditions(request.document, request.operation, variables);
    const plan = this.#planner.plan(planningText(decided));
    const prepared = { decided, shape: responseShape(this.#schema, decided, plannedName), plan };
    this.#prepared.set(key, prepared);
    // Why there was no plan may have passed by the next request.
    plan.catch(() => this.#prepared.delete(key));
    return prepared;
  }
}

/** A plan with all that belongs to it takes some 10 to 50 kB. */
const MAX_OPERATIONS = 1000;
