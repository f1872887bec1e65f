import { type FormattedExecutionResult, type GraphQLSchema, parse, validate } from 'graphql';
import type { Change } from '../../events/change.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { Graph } from '../../gateway/operation/graph.ts';
import type { PreparedOperation } from '../../gateway/operation/prepared-operation.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { prepare } from '../gateway/operation/prepare.ts';

export type Run = (
  query: string,
  variables?: Record<string, unknown>,
  context?: RunContext,
) => Promise<FormattedExecutionResult>;

export interface RunContext {
  readonly scope: RequestScope;
  /** What a subscription is run for. @default it is a query or a mutation */
  readonly change?: Change;
}

/** Runs operations on a graph without a server around it. */
export function runnerFor(graph: Graph): { readonly run: Run; readonly schema: GraphQLSchema } {
  const { schema } = graph;
  // As a server does: who sends the same text again gets the same operation, and what is derived from it.
  const operations = new Map<string, PreparedOperation>();
  const read = (query: string) => {
    const operation = operations.get(query) ?? readValid(schema, query);
    operations.set(query, operation);
    return operation;
  };
  return {
    schema,
    run: async (query, variables = {}, { scope, change } = createContext()) => {
      const result = await graph.execute(read(query), {
        variables,
        scope,
        caller: ANONYMOUS_CALLER,
        change,
      });
      // Apollo's gateway gives objects without a prototype; JSON is what travels.
      return JSON.parse(JSON.stringify(result)) as FormattedExecutionResult;
    },
  };
}

const createContext = (): RunContext => ({
  scope: { signal: new AbortController().signal, trace: createCallTrace() },
});

function readValid(schema: GraphQLSchema, query: string): PreparedOperation {
  const document = parse(query);
  const invalid = validate(schema, document);
  if (invalid.length > 0) throw new Error(`${query}\n${invalid.map(String).join('\n')}`);
  return prepare(query, document);
}
