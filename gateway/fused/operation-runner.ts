import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { FusedContext } from './fused-context.ts';
import { isConditional } from './is-conditional.ts';
import { once } from './once.ts';

export interface OperationRun {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: FusedContext;
}

/**
 * Runs operations on graphql-js, and those that come again compiled by graphql-jit, which answers the same with a fraction of
 * the work per field. What is compiled lives as long as its document, which the server keeps in a cache of bounded size.
 */
export function createOperationRunner(schema: GraphQLSchema): (run: OperationRun) => Promise<ExecutionResult> {
  const known = new WeakMap<OperationDefinitionNode, { uses: number; readonly compiled: () => CompiledQuery | undefined }>();
  return async ({ document, operation, variables, context }) => {
    const entry = known.get(operation) ?? { uses: 0, compiled: once(() => compile(schema, document, operation)) };
    known.set(operation, entry);
    entry.uses += 1;
    // A null where an argument takes none is an error to graphql-js, and to the specification, but not to graphql-jit.
    const isCompilable = entry.uses > USES_BEFORE_COMPILATION && !Object.values(variables).includes(null);
    const compiled = isCompilable ? entry.compiled() : undefined;
    if (compiled === undefined) {
      const operationName = operation.name?.value;
      return await execute({ schema, document, operationName, variableValues: variables, contextValue: context });
    }
    // graphql-jit has words of its own for values that do not fit; clients get the same ones each time.
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: MAX_VARIABLE_ERRORS });
    return errors === undefined ? await compiled.query(undefined, context, variables) : { errors };
  };
}

/** An operation that never comes again is not worth the milliseconds. */
const USES_BEFORE_COMPILATION = 1;

/** As graphql-js's own `execute`. */
const MAX_VARIABLE_ERRORS = 50;

function compile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | undefined {
  // graphql-jit 0.8.9 returns a field that was to be skipped where one response key occurs twice under different conditions.
  if (isConditional(document)) return undefined;
  const compiled = compileQuery(schema, document, operation.name?.value, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? compiled : undefined;
}
