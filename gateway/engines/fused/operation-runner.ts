import { execute } from 'graphql';
import type { Graph } from '../../operation/graph.ts';
import type { OperationVariant, Variables } from '../../operation/prepared-operation.ts';
import { readVariables } from '../../operation/variable-values.ts';
import { selectedFields } from '../selected-fields.ts';
import {
  type CompiledOperation,
  compileOperation,
  type CompiledGraph,
  runCompiled,
} from './compiled-operation.ts';
import { FusedContext } from './fused-context.ts';
import { lazy } from './lazy.ts';
import { OperationRun } from './operation-run.ts';
import type { FusedSubgraph } from './subgraph-schema.ts';
import { wantedFields } from './wanted-fields.ts';

export interface OperationRunnerOptions extends CompiledGraph {
  readonly subgraphs: readonly FusedSubgraph[];
  /** Compiles operations. Otherwise graphql-js runs all of them. */
  readonly compiles: boolean;
}

type Wanted = (subgraph: string, type: string) => ReadonlySet<string>;

/** Runs compiled operations, and on graphql-js those with introspection fields. */
export function createOperationRunner(options: OperationRunnerOptions): Graph['execute'] {
  const { schema, subgraphs } = options;
  return async (operation, { variables, scope, change }) => {
    const { coerced, errors } = readVariables(schema, operation.operation, variables);
    if (coerced === undefined) return { errors };
    const variant = operation.variant(coerced);
    const { compiled, wanted } = variant.get(options, () => prepare(options, variant, coerced));
    const context = new FusedContext({ subgraphs, scope, wanted });
    if (compiled !== undefined)
      return await runCompiled(compiled, new OperationRun(context, coerced, { rootValue: change }));
    return await execute({
      schema,
      document: operation.document,
      rootValue: change,
      operationName: operation.name,
      variableValues: variables,
      contextValue: context,
    });
  };
}

/** Derived from an operation once, for one set of its conditions. */
interface Runnable {
  /** Undefined if graphql-js must run it. */
  readonly compiled: CompiledOperation | undefined;
  readonly wanted: Wanted;
}

function prepare(
  options: OperationRunnerOptions,
  variant: OperationVariant,
  variables: Variables,
): Runnable {
  const { supergraph, schema, compiles } = options;
  const { withoutConditions } = variant;
  const { operation, undecided } = withoutConditions;
  const fragments = Object.fromEntries(withoutConditions.fragments);
  // Lazy: not every operation calls a subgraph.
  const wanted = lazy(() =>
    wantedFields(supergraph, selectedFields({ schema, operation, fragments, variables })),
  );
  return {
    compiled:
      // graphql-js reports a condition without a value as an error at its position.
      compiles && (undecided?.size ?? 0) === 0
        ? compileOperation(options, withoutConditions)
        : undefined,
    wanted: (subgraph, type) => wanted()(subgraph, type),
  };
}
