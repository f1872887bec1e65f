import type { GraphQLSchema } from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import type { OperationVariant } from '../../operation/prepared-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import { ClientPaths, type Requirements } from './client-errors.ts';
import type { Plan, Planner } from './planning/plan.ts';
import { plannedName, planningText } from './planning/planned-names.ts';

/** An operation and its plan, for one set of its conditions. */
export interface PlannedOperation {
  readonly withoutConditions: OperationWithoutConditions;
  readonly shape: SelectionShape;
  readonly paths: ClientPaths;
  readonly plan: Promise<Plan>;
}

export interface OperationPlansOptions {
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  readonly planner: Planner;
  readonly requirements: Requirements;
}

/** Plans each operation once. */
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
   * Plans without conditions: Apollo's planner silently returns nulls if a conditional field with `@requires` is next to a field of the same
   * entity and subgraph with other requirements.
   */
  #plan(variant: OperationVariant): PlannedOperation {
    const { withoutConditions } = variant;
    const plan = this.#planner.plan(planningText(withoutConditions));
    // The cause of the failure can be temporary.
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
