import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { AutomaticQueries } from './automatic-queries.ts';
import type { CostCheck } from './cost-check.ts';
import type { KnownOperation, KnownOperations } from './known-operations.ts';
import { logErrors } from './log-errors.ts';
import type { ServedContext } from './served-context.ts';
import type { FormatError } from './without-suggestions.ts';

export interface RepeatedOperationOptions {
  readonly known: KnownOperations;
  readonly costs: CostCheck;
  /** Undefined where they are not answered. */
  readonly automatic: AutomaticQueries | undefined;
  readonly formatError: FormatError;
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
export function createRepeatedOperations(options: RepeatedOperationOptions): AnswerRepeated {
  const { costs, formatError, current } = options;
  return async (body, context) => {
    const asked = readUsualBody(body);
    const operation = asked && findOperation(asked, options);
    if (operation === undefined) return undefined;
    const { schema, executor } = current();
    const variables = asked?.variables ?? {};
    const refusal = costs.refuse(operation, variables, context);
    if (refusal !== undefined && (await refusal) !== undefined) return undefined;
    context.record.resolve(operation.operationName, operation.operation.operation);
    if (!operation.isListed) context.record.surprise(operation.queryHash);
    try {
      const { errors, data } = await executor(toRequestContext(operation, variables, schema, context));
      // Its variables do not fit: nothing was executed.
      return data === undefined ? undefined : toAnswer(200, { data, errors }, context, formatError);
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(String(error));
      return toAnswer(500, { errors: [new GraphQLError(thrown.message, { originalError: thrown })] }, context, formatError);
    }
  };
}

function findOperation(
  { query, hash, operationName }: UsualBody,
  { known, automatic }: RepeatedOperationOptions,
): KnownOperation | undefined {
  const text = query ?? automatic?.find(hash ?? '');
  const operation = text === undefined ? undefined : known.find(text, operationName ?? undefined);
  if (operation === undefined || query === undefined || hash === undefined) return operation;
  // The client sends the text for the server to learn its hash.
  if (automatic === undefined || hash !== operation.queryHash) return undefined;
  automatic.add(hash, query);
  return operation;
}

interface Executed {
  readonly data?: ExecutionResult['data'];
  readonly errors: readonly GraphQLError[] | undefined;
}

function toAnswer(
  status: number,
  { data, errors: thrown }: Executed,
  { record, log }: ServedContext,
  formatError: FormatError,
): RepeatedAnswer {
  const errors = thrown?.map((error) => formatError(toFormatted(error), error));
  logErrors(log, thrown, errors);
  record.answer(data, errors);
  return { status, result: { errors, data } };
}

interface UsualBody {
  /** Undefined where there is a hash in its place. */
  readonly query: string | undefined;
  /** Of an automatic persisted query. */
  readonly hash: string | undefined;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/** @returns undefined for all that Apollo Server looks at more closely, or refuses. */
function readUsualBody(body: unknown): UsualBody | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (operationName != null && typeof operationName !== 'string') return undefined;
  if (variables != null && !isRecord(variables)) return undefined;
  if (extensions != null && !isRecord(extensions)) return undefined;
  const persisted = extensions?.['persistedQuery'];
  const hash = persisted === undefined ? undefined : readHash(persisted);
  if (persisted !== undefined && hash === undefined) return undefined;
  if (typeof query === 'string') return { query, hash, operationName, variables };
  return query == null && hash !== undefined ? { query: undefined, hash, operationName, variables } : undefined;
}

function readHash(persisted: unknown): string | undefined {
  const { version, sha256Hash } = isRecord(persisted) ? persisted : {};
  return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : undefined;
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
