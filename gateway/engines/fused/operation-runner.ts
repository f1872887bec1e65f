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
  /** Whether operations are compiled, or all run by graphql-js. */
  readonly compiles: boolean;
}

type Wanted = (subgraph: string, type: string) => ReadonlySet<string>;

/** Runs operations compiled, and those about the schema itself on graphql-js. */
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

/** What is derived from an operation once, for one set of its conditions. */
interface Runnable {
  /** Undefined where graphql-js has to run it. */
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
  // When the first subgraph asks, for not every operation asks a subgraph.
  const wanted = lazy(() =>
    wantedFields(supergraph, selectedFields({ schema, operation, fragments, variables })),
  );
  return {
    compiled:
      // A condition without a value is an error, which graphql-js puts in its place.
      compiles && (undecided?.size ?? 0) === 0
        ? compileOperation(options, withoutConditions)
        : undefined,
    wanted: (subgraph, type) => wanted()(subgraph, type),
  };
}
