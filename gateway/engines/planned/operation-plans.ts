import type { GraphQLSchema } from 'graphql';
import type { DecidedOperation } from '../../operation/decided-operation.ts';
import type { OperationForm } from '../../operation/prepared-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import { ClientPaths, type Requirements } from './client-errors.ts';
import type { Plan, Planner } from './planning/plan.ts';
import { plannedName, planningText } from './planning/planned-names.ts';

/** An operation with its plan, for one set of its conditions. */
export interface PlannedOperation {
  readonly decided: DecidedOperation;
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
    return {
      decided,
      shape: responseShape(this.#schema, decided, plannedName),
      paths: new ClientPaths(this.#schema, decided, this.#requirements),
      plan,
    };
  }
}
