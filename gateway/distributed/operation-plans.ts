import type { GraphQLSchema } from 'graphql';
import type { DecidedOperation } from '../../operation/decided-operation.ts';
import type { OperationForm } from '../../operation/prepared-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import type { Plan, Planner } from './planning/plan.ts';
import { plannedName, planningText } from './planning/planned-names.ts';

/** An operation with its plan, for one set of its conditions. */
export interface PlannedOperation {
  readonly decided: DecidedOperation;
  readonly shape: SelectionShape;
  readonly plan: Promise<Plan>;
}

/** Plans operations, each once. */
export class OperationPlans {
  readonly #schema: GraphQLSchema;
  readonly #planner: Planner;

  constructor(schema: GraphQLSchema, planner: Planner) {
    this.#schema = schema;
    this.#planner = planner;
  }

  /** @throws GraphQLError where a condition has no value: null in a variable with a default */
  of(form: OperationForm): PlannedOperation {
    return form.get(this, () => this.#plan(form));
  }

  /**
   * Apollo's planner gives silent nulls where a field with `@requires` is conditional beside a field of the same entity and subgraph with
   * other requirements; without conditions it has nothing to get wrong.
   */
  #plan(form: OperationForm): PlannedOperation {
    const { decided } = form;
    const plan = this.#planner.plan(planningText(decided));
    // Why there was no plan may have passed by the next request.
    plan.catch(() => {
      form.forget(this);
    });
    return { decided, shape: responseShape(this.#schema, decided, plannedName), plan };
  }
}
