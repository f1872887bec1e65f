import { type DocumentNode, execute, type ExecutionResult, type FragmentDefinitionNode, Kind } from 'graphql';
import type { DecidedOperation } from '../../operation/decided-operation.ts';
import type { Graph } from '../../operation/graph.ts';
import type { OperationForm, PreparedOperation, Variables } from '../../operation/prepared-operation.ts';
import { readVariables } from '../../operation/variable-values.ts';
import { selectedFields } from '../selected-fields.ts';
import { type CompiledOperation, compileOperation, type CompiledGraph } from './compiled-operation.ts';
import { FusedContext } from './fused-context.ts';
import { once } from './once.ts';
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
    const form = operation.form(coerced);
    const { compiled, wanted } = form.get(options, () => prepare(options, operation, form, coerced));
    const context = new FusedContext({ subgraphs, scope, wanted });
    if (compiled !== undefined) return await answer(compiled, new OperationRun(context, coerced));
    return await execute({
      schema,
      document: operation.document,
      operationName: operation.name,
      variableValues: variables,
      contextValue: context,
    });
  };
}

const answer = (compiled: CompiledOperation, run: OperationRun): Promise<ExecutionResult> =>
  new Promise((resolve) => {
    compiled(run, () => {
      resolve(run.result());
    });
  });

/** What is derived from an operation once, for one set of its conditions. */
interface Runnable {
  /** Undefined where graphql-js has to run it. */
  readonly compiled: CompiledOperation | undefined;
  readonly wanted: Wanted;
}

function prepare(options: OperationRunnerOptions, prepared: PreparedOperation, form: OperationForm, variables: Variables): Runnable {
  const { supergraph, schema, compiles } = options;
  const decided = decide(form);
  const fragments = Object.fromEntries(
    decided?.fragments ?? prepared.document.definitions.filter(isFragment).map((node) => [node.name.value, node]),
  );
  const operation = decided?.operation ?? prepared.operation;
  // When the first subgraph asks, for not every operation asks a subgraph.
  const wanted = once(() => wantedFields(supergraph, selectedFields({ schema, operation, fragments, variables })));
  return {
    compiled: compiles && decided !== undefined ? compileOperation(options, decided) : undefined,
    wanted: (subgraph, type) => wanted()(subgraph, type),
  };
}

/** @returns undefined where a condition has no value, which graphql-js says in its own words. */
function decide(form: OperationForm): DecidedOperation | undefined {
  try {
    return form.decided;
  } catch {
    return undefined;
  }
}

const isFragment = (node: DocumentNode['definitions'][number]): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION;
