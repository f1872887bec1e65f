import { type DocumentNode, execute, type ExecutionResult, type FragmentDefinitionNode, Kind, type OperationDefinitionNode } from 'graphql';
import { selectedFields } from '../../subgraphs/selected-fields.ts';
import type { RequestScope } from '../../upstream/call-trace.ts';
import { conditionVariables, decideConditions, type DecidedOperation } from '../../operation/decided-operation.ts';
import { readVariables } from '../../operation/variable-values.ts';
import { type CompiledOperation, compileOperation, type FusedGraph } from './compiled-operation.ts';
import { FusedContext } from './fused-context.ts';
import { once } from './once.ts';
import { OperationRun } from './operation-run.ts';
import type { FusedSubgraph } from './subgraph-schema.ts';
import { wantedFields } from './wanted-fields.ts';

export interface OperationRunnerOptions extends FusedGraph {
  readonly subgraphs: readonly FusedSubgraph[];
  /** Whether operations are compiled, or all run by graphql-js. */
  readonly compiles: boolean;
}

/** An operation that a client sent. */
export interface SentOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As they came. */
  readonly variables: Variables;
  readonly scope: RequestScope;
}

type Variables = Readonly<Record<string, unknown>>;
type Wanted = (subgraph: string, type: string) => ReadonlySet<string>;

/** Runs operations compiled, and those about the schema itself on graphql-js. */
export function createOperationRunner(options: OperationRunnerOptions): (sent: SentOperation) => Promise<ExecutionResult> {
  const { schema, subgraphs } = options;
  const prepared = new PreparedOperations(options);
  return async (sent) => {
    const { document, operation, scope } = sent;
    const { coerced, errors } = readVariables(schema, operation, sent.variables);
    if (coerced === undefined) return { errors };
    const { compiled, wanted } = prepared.of(sent, coerced);
    const context = new FusedContext({ subgraphs, scope, wanted });
    if (compiled !== undefined) return await answer(compiled, new OperationRun(context, coerced));
    return await execute({
      schema,
      document,
      operationName: operation.name?.value,
      variableValues: sent.variables,
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

/** What is found out about an operation once, for one set of its conditions. */
interface PreparedOperation {
  /** Undefined where graphql-js has to run it. */
  readonly compiled: CompiledOperation | undefined;
  readonly wanted: Wanted;
}

/** Lives as long as the operations themselves, which the server keeps in a cache of bounded size. */
class PreparedOperations {
  readonly #options: OperationRunnerOptions;
  readonly #known = new WeakMap<
    OperationDefinitionNode,
    { readonly conditions: readonly string[]; readonly byValues: Map<string, PreparedOperation> }
  >();

  constructor(options: OperationRunnerOptions) {
    this.#options = options;
  }

  of(sent: SentOperation, variables: Variables): PreparedOperation {
    const known = this.#known.get(sent.operation) ?? {
      conditions: conditionVariables(sent.document),
      byValues: new Map<string, PreparedOperation>(),
    };
    this.#known.set(sent.operation, known);
    const { conditions, byValues } = known;
    const values = conditions.length === 0 ? '' : conditions.map((name) => String(variables[name])).join();
    const prepared = byValues.get(values) ?? this.#prepare(sent, variables);
    // An operation with many conditions has many forms.
    if (byValues.size >= MAX_FORMS) byValues.clear();
    byValues.set(values, prepared);
    return prepared;
  }

  #prepare({ document, operation }: SentOperation, variables: Variables): PreparedOperation {
    const { supergraph, schema, compiles } = this.#options;
    const decided = decide(document, operation, variables);
    const fragments = Object.fromEntries(
      decided?.fragments ?? document.definitions.filter(isFragment).map((node) => [node.name.value, node]),
    );
    // When the first subgraph asks, for not every operation asks a subgraph.
    const wanted = once(() =>
      wantedFields(supergraph, selectedFields({ schema, operation: decided?.operation ?? operation, fragments, variables })),
    );
    return {
      compiled: compiles && decided !== undefined ? compileOperation(this.#options, decided) : undefined,
      wanted: (subgraph, type) => wanted()(subgraph, type),
    };
  }
}

const MAX_FORMS = 64;

/** @returns undefined where a condition has no value, which graphql-js says in its own words. */
function decide(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): DecidedOperation | undefined {
  try {
    return decideConditions(document, operation, variables);
  } catch {
    return undefined;
  }
}

const isFragment = (node: DocumentNode['definitions'][number]): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION;
