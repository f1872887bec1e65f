import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { CostCheck } from './cost-check.ts';
import { formatError } from './format-error.ts';
import type { KnownOperation, KnownOperations } from './known-operations.ts';
import { logErrors } from './log-errors.ts';
import type { AnswerSizes } from './operation-size.ts';
import type { ServedContext } from './served-context.ts';

export interface RepeatedOperationOptions {
  readonly known: KnownOperations;
  readonly sizes: AnswerSizes;
  /** @default operations may cost what they like */
  readonly costs?: CostCheck | undefined;
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
export function createRepeatedOperations({ known, sizes, costs, current }: RepeatedOperationOptions): AnswerRepeated {
  return async (body, context) => {
    const asked = readUsualBody(body);
    const operation = asked && known.find(asked.query, asked.operationName ?? undefined);
    if (operation === undefined) return undefined;
    const { schema, executor } = current();
    const variables = asked?.variables ?? {};
    if (sizes.exceedLimit(schema, operation, variables)) return undefined;
    if (costs?.refuse(operation, variables, context) !== undefined) return undefined;
    context.record.resolve(operation.operationName, operation.operation.operation);
    try {
      const { errors, data } = await executor(toRequestContext(operation, variables, schema, context));
      // Its variables do not fit: nothing was executed.
      return data === undefined ? undefined : toAnswer(200, data, errors, context);
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(String(error));
      return toAnswer(500, undefined, [new GraphQLError(thrown.message, { originalError: thrown })], context);
    }
  };
}

function toAnswer(
  status: number,
  data: ExecutionResult['data'],
  thrown: readonly GraphQLError[] | undefined,
  { record, log }: ServedContext,
): RepeatedAnswer {
  const errors = thrown?.map((error) => formatError(toFormatted(error), error));
  logErrors(log, thrown, errors);
  record.answer(data, errors);
  return { status, result: { errors, data } };
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
