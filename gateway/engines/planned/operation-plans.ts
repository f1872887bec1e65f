import type { GraphQLSchema } from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import type { OperationVariant } from '../../operation/prepared-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import { ClientPaths, type Requirements } from './client-errors.ts';
import type { Plan, Planner } from './planning/plan.ts';
import { plannedName, planningText } from './planning/planned-names.ts';

/** An operation with its plan, for one set of its conditions. */
export interface PlannedOperation {
  readonly withoutConditions: OperationWithoutConditions;
  readonly shape: SelectionShape;
  readonly paths: ClientPaths;
  readonly plan: Promise<Plan>;
}

export interface OperationPlansOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly planner: Planner;
  readonly requirements: Requirements;
}

/** Plans operations, each once. */
export class OperationPlans {
  readonly #schema: GraphQLSchema;
  readonly #planner: Planner;
  readonly #requirements: Requirements;

  constructor({ schema, planner, requirements }: OperationPlansOptions) {
    this.#schema = schema;
    this.#planner = planner;
    this.#requirements = requirements;
  }

  of(variant: OperationVariant): PlannedOperation {
    return variant.get(this, () => this.#plan(variant));
  }

  /**
   * Apollo's planner gives silent nulls where a field with `@requires` is conditional beside a field of the same entity and subgraph with
   * other requirements; without conditions it has nothing to get wrong.
   */
  #plan(variant: OperationVariant): PlannedOperation {
    const { withoutConditions } = variant;
    const plan = this.#planner.plan(planningText(withoutConditions));
    // Why there was no plan may have passed by the next request.
    plan.catch(() => {
      variant.forget(this);
    });
    return {
      withoutConditions,
      shape: responseShape(this.#schema, withoutConditions, plannedName),
      paths: new ClientPaths(this.#schema, withoutConditions, this.#requirements),
      plan,
    };
  }
}
