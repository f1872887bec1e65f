import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { ErrorFormatter } from './format-error.ts';
import type { KnownOperation, KnownOperations } from './known-operations.ts';
import type { AnswerSizes } from './operation-size.ts';
import type { ServedContext } from './served-context.ts';

export interface RepeatedOperationOptions {
  readonly known: KnownOperations;
  readonly sizes: AnswerSizes;
  readonly formatError: ErrorFormatter;
  /** What is served at the moment. */
  readonly current: () => { readonly schema: GraphQLSchema; readonly executor: GatewayExecutor };
}

/** An answer before it is written. */
export interface RepeatedAnswer {
  readonly status: number;
  readonly result: {
    readonly errors: readonly GraphQLFormattedError[] | undefined;
    readonly data: ExecutionResult['data'];
    extensions?: object;
  };
}

export type AnswerRepeated = (body: unknown, context: ServedContext) => Promise<RepeatedAnswer | undefined>;

/**
 * Answers operations that came before without what Apollo Server does for each request: it has parsed and validated them, and
 * its answer would be the same.
 * @returns undefined where anything is unusual, which is then Apollo Server's; nothing has been executed
 */
export function createRepeatedOperations({ known, sizes, formatError, current }: RepeatedOperationOptions): AnswerRepeated {
  return async (body, context) => {
    const asked = readUsualBody(body);
    const operation = asked && known.find(asked.query, asked.operationName ?? undefined);
    if (operation === undefined) return undefined;
    const { schema, executor } = current();
    const variables = asked?.variables ?? {};
    if (sizes.exceedLimit(schema, operation, variables)) return undefined;
    try {
      const { errors, data } = await executor(toRequestContext(operation, variables, schema, context));
      // Its variables do not fit: nothing was executed.
      if (data === undefined) return undefined;
      return { status: 200, result: { errors: errors?.map((error) => formatError(toFormatted(error), error)), data } };
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(String(error));
      const graphQLError = new GraphQLError(thrown.message, { originalError: thrown });
      return { status: 500, result: { errors: [formatError(toFormatted(graphQLError), graphQLError)], data: undefined } };
    }
  };
}

interface UsualBody {
  readonly query: string;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/** @returns undefined for all that Apollo Server looks at more closely, or refuses. */
function readUsualBody(body: unknown): UsualBody | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || (operationName != null && typeof operationName !== 'string')) return undefined;
  if (variables != null && !isRecord(variables)) return undefined;
  if (extensions != null && (!isRecord(extensions) || 'persistedQuery' in extensions)) return undefined;
  return { query, operationName, variables };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function toRequestContext(
  { document, operation, operationName, queryHash }: KnownOperation,
  variables: Readonly<Record<string, unknown>>,
  schema: GraphQLSchema,
  context: ServedContext,
): GatewayGraphQLRequestContext {
  // What else the interface has, no executor of ours reads.
  return {
    request: { variables },
    document,
    operation,
    operationName,
    queryHash,
    schema,
    context,
  } as unknown as GatewayGraphQLRequestContext;
}

/** As Apollo Server hands errors to `formatError`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { extensions } = error;
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } };
}
