import { type DocumentNode, execute, type FragmentDefinitionNode, Kind } from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import type { Graph } from '../../operation/graph.ts';
import type {
  OperationVariant,
  PreparedOperation,
  Variables,
} from '../../operation/prepared-operation.ts';
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
  return async (operation, { variables, scope }) => {
    const { coerced, errors } = readVariables(schema, operation.operation, variables);
    if (coerced === undefined) return { errors };
    const variant = operation.variant(coerced);
    const { compiled, wanted } = variant.get(options, () =>
      prepare(options, operation, variant, coerced),
    );
    const context = new FusedContext({ subgraphs, scope, wanted });
    if (compiled !== undefined)
      return await runCompiled(compiled, new OperationRun(context, coerced));
    return await execute({
      schema,
      document: operation.document,
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
  prepared: PreparedOperation,
  variant: OperationVariant,
  variables: Variables,
): Runnable {
  const { supergraph, schema, compiles } = options;
  const withoutConditions = decide(variant);
  const fragments = Object.fromEntries(
    withoutConditions?.fragments ??
      prepared.document.definitions.filter(isFragment).map((node) => [node.name.value, node]),
  );
  const operation = withoutConditions?.operation ?? prepared.operation;
  // When the first subgraph asks, for not every operation asks a subgraph.
  const wanted = lazy(() =>
    wantedFields(supergraph, selectedFields({ schema, operation, fragments, variables })),
  );
  return {
    compiled:
      compiles && withoutConditions !== undefined
        ? compileOperation(options, withoutConditions)
        : undefined,
    wanted: (subgraph, type) => wanted()(subgraph, type),
  };
}

/** @returns undefined where a condition has no value, which graphql-js says in its own words. */
function decide(variant: OperationVariant): OperationWithoutConditions | undefined {
  try {
    return variant.withoutConditions;
  } catch {
    return undefined;
  }
}

const isFragment = (node: DocumentNode['definitions'][number]): node is FragmentDefinitionNode =>
  node.kind === Kind.FRAGMENT_DEFINITION;
