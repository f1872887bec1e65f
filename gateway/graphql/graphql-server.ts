import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { enforceFieldAccess } from '../access/fields/field-access.ts';
import type { DecidePolicies } from '../access/fields/met-conditions.ts';
import { CodedError } from '../../errors/coded-error.ts';
import type { Change } from '../../events/change.ts';
import type { ChangeFields } from '../../subgraphs/change-fields.ts';
import type { LimitSettings } from '../admission/limit-settings.ts';
import type { Graph } from '../operation/graph.ts';
import type { PreparedOperation, Variables } from '../operation/prepared-operation.ts';
import { CostCheck, type CostOptions } from './cost-check.ts';
import { describeUnexpectedError } from '../../errors/describe-error.ts';
import { Documents, ValidDocument } from './documents.ts';
import { formatError } from './format-error.ts';
import { type HeavyOperations, queueHeavyOperations } from './heavy-operations.ts';
import { HTTP_STATUS, isClientError } from '../server/http-status.ts';
import { logErrors } from './log-errors.ts';
import { refuseOperationName } from './operation-name.ts';
import type { PersistedQueries } from './persisted-queries.ts';
import type { RequestParameters } from './request-parameters.ts';
import type { ServedContext } from './served-context.ts';
import { readSubscription, type Subscription } from './streams/subscription.ts';
import type { ValidationLine } from './validation-line.ts';
import { type FormatError, withoutSuggestions } from './without-suggestions.ts';

export interface GraphQLServerOptions {
  readonly graph: Graph;
  /** What is known of persisted operations, which outlives the graph. */
  readonly persisted: PersistedQueries;
  readonly limits: LimitSettings;
  /** @default operations may cost what they like */
  readonly costs?: CostOptions | undefined;
  /** Its fields of `Subscription` that this server has events for. @default none */
  readonly changeFields?: ChangeFields | undefined;
  /** Whether clients may read the schema; else errors do not guess which of its names were meant. */
  readonly introspection: boolean;
  /** Decides on policies, where the schema has some. */
  readonly policies: DecidePolicies | undefined;
  /** Those of the whole process. */
  readonly heavy: HeavyOperations;
  /** That of the whole process. */
  readonly validation: ValidationLine;
  readonly production: boolean;
}

/** A GraphQL request as far as answering it depends on it. */
export interface GraphQLRequest extends RequestParameters {
  /** Whether it may change something: a POST. */
  readonly mayChange: boolean;
}

/** An answer before it is written. */
export interface GraphQLResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly data: ExecutionResult['data'];
}

/** What it takes to find an operation. */
export type FindContext = Pick<ServedContext, 'record' | 'scope'>;

/** Answers GraphQL requests of one schema, first and repeated ones alike. */
export class GraphQLServer {
  readonly schema: GraphQLSchema;
  readonly #graph: Graph;
  readonly #documents: Documents;
  readonly #persisted: PersistedQueries;
  readonly #costs: CostCheck;
  readonly #changeFields: ChangeFields;
  readonly #formatError: FormatError;

  private constructor(
    { graph, persisted, limits, costs, changeFields = {} }: GraphQLServerOptions,
    documents: Documents,
    format: FormatError,
  ) {
    this.schema = graph.schema;
    this.#graph = graph;
    this.#documents = documents;
    this.#persisted = persisted;
    this.#costs = new CostCheck(graph, { answerFields: limits.answerFields, costs });
    this.#changeFields = changeFields;
    this.#formatError = format;
  }

  static async start(options: GraphQLServerOptions): Promise<GraphQLServer> {
    const { graph, introspection, limits, production, policies, heavy, validation: line } = options;
    const format = introspection ? formatError : withoutSuggestions(formatError);
    const guarded = queueHeavyOperations(enforceFieldAccess(graph, policies), heavy);
    const { schema } = graph;
    const documents = await Documents.start({
      schema,
      limits: limits.document,
      introspection,
      production,
      formatError: format,
      line,
    });
    return new GraphQLServer({ ...options, graph: guarded }, documents, format);
  }

  /** Finds the document, admits the operation and runs it. What is refused is an answer too. */
  async answer(request: GraphQLRequest, context: ServedContext): Promise<GraphQLResponse> {
    try {
      const operation = await this.#findOperation(request, context);
      if ('errors' in operation) return refusalOf(operation.errors, context);
      const refusal = await this.#admit(operation, request, context);
      return refusal ?? (await this.#run(operation, request.variables, context));
    } catch (error) {
      if (error instanceof CodedError) return refuse(error, context);
      throw error;
    }
  }

  /**
   * Finds out what kind of operation a request is for, without running it.
   * @returns undefined where it is refused, for reasons that {@link answer} tells
   */
  async operationType(
    request: GraphQLRequest,
    context: FindContext,
  ): Promise<OperationTypeNode | undefined> {
    try {
      const operation = await this.#findOperation(request, context);
      return 'errors' in operation ? undefined : operation.operation.operation;
    } catch (error) {
      if (error instanceof CodedError) return undefined;
      throw error;
    }
  }

  /**
   * Finds and admits a subscription, whose changes {@link answerChange} answers.
   * @returns the answer of a request that gets no stream
   */
  async subscribe(
    request: GraphQLRequest,
    context: ServedContext,
  ): Promise<Subscription | GraphQLResponse> {
    try {
      const operation = await this.#findOperation(request, context);
      if ('errors' in operation) return refusalOf(operation.errors, context);
      if (operation.operation.operation !== OperationTypeNode.SUBSCRIPTION)
        throw new CodedError('BAD_REQUEST', 'Only subscriptions are answered by a stream.');
      const refusal = await this.#costs.refuse(operation, request.variables, context);
      if (refusal !== undefined) return refuse(refusal, context);
      return readSubscription(this.schema, this.#changeFields, operation, request.variables);
    } catch (error) {
      if (error instanceof CodedError) return refuse(error, context);
      throw error;
    }
  }

  /** Runs a subscription for one change. */
  answerChange(
    { operation, variables }: Subscription,
    change: Change,
    context: ServedContext,
  ): Promise<GraphQLResponse> {
    return this.#run(operation, variables, context, change);
  }

  /** Makes a document known before the first request comes. */
  prepare(text: string): Promise<void> {
    return this.#documents.prepare(text);
  }

  /** The valid documents that were asked for last, at most so many. */
  documentTexts(most: number): readonly string[] {
    return this.#documents.texts(most);
  }

  async stop(): Promise<void> {
    await this.#documents.stop();
    await this.#graph.close();
  }

  /** @throws CodedError */
  async #findOperation(
    request: GraphQLRequest,
    { record, scope }: FindContext,
  ): Promise<PreparedOperation | { readonly errors: readonly GraphQLFormattedError[] }> {
    const wrongName = refuseOperationName(request.operationName);
    if (wrongName !== undefined) throw wrongName;
    const text = this.#persisted.find(request);
    if (text instanceof CodedError) {
      if (text.code === 'OPERATION_NOT_LISTED') record.markUnlisted();
      throw text;
    }
    const document = this.#documents.find(text) ?? (await this.#documents.check(text, scope));
    if (!(document instanceof ValidDocument)) return document;
    const operation = document.operation(request.operationName);
    if (operation instanceof CodedError) throw operation;
    record.resolve(operation.name, operation.operation.operation);
    this.#persisted.remember(request, text);
    if (!this.#persisted.isListed(text)) record.markUnlisted(document.hash);
    return operation;
  }

  /** @returns the answer of an operation that is not run */
  async #admit(
    operation: PreparedOperation,
    { mayChange, variables }: GraphQLRequest,
    context: ServedContext,
  ): Promise<GraphQLResponse | undefined> {
    const { operation: type } = operation.operation;
    if (mayChange && type === OperationTypeNode.SUBSCRIPTION) {
      const message =
        'A subscription is answered by a stream. Send the header accept: text/event-stream, or multipart/mixed;subscriptionSpec=1.0, or use a WebSocket.';
      return refuse(new CodedError('BAD_REQUEST', message), context, 406);
    }
    if (!mayChange && type !== OperationTypeNode.QUERY) {
      const message = `GET requests only support query operations, not ${type} operations`;
      return {
        ...refuse(new CodedError('METHOD_NOT_ALLOWED', message), context),
        headers: { allow: 'POST' },
      };
    }
    const refusal = await this.#costs.refuse(operation, variables, context);
    return refusal && refuse(refusal, context);
  }

  async #run(
    operation: PreparedOperation,
    variables: Variables,
    context: ServedContext,
    change?: Change,
  ): Promise<GraphQLResponse> {
    const { scope, caller, record, log } = context;
    try {
      const cost = record.cost?.estimated;
      const { data, errors } = await this.#graph.execute(operation, {
        variables,
        scope,
        caller,
        cost,
        log,
        change,
      });
      return this.#toResponse({ data, errors }, context);
    } catch (error) {
      if (error instanceof CodedError && error.code === 'RATE_LIMITED')
        return refuse(error, context);
      const thrown = error instanceof Error ? error : new Error(String(error));
      const errors = [new GraphQLError(thrown.message, { originalError: thrown })];
      return { ...this.#toResponse({ data: undefined, errors }, context), status: 500 };
    }
  }

  /** Without `data` where nothing was run: its variables do not fit, or there is no way to run it. */
  #toResponse({ data, errors: thrown }: Executed, { record, log }: ServedContext): GraphQLResponse {
    const errors = thrown?.map((error) => this.#formatError(toFormatted(error), error));
    logErrors(log, thrown, errors);
    record.answer(data, errors);
    const status = data !== undefined ? 200 : errors?.every(isOfClient) === true ? 400 : 500;
    return { status, headers: {}, errors, data };
  }
}

interface Executed {
  readonly data: ExecutionResult['data'];
  readonly errors: readonly GraphQLError[] | undefined;
}

/** An error in the form that graphql-js gives it, with a code for `formatError`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { extensions } = error;
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } };
}

const isOfClient = ({ extensions }: GraphQLFormattedError) => isClientError(extensions?.['code']);

/** The answer to a request that is not run. */
export function refuse(
  { code, message, extensions }: CodedError,
  context: ServedContext,
  status = HTTP_STATUS[code],
): GraphQLResponse {
  const { retryAfter } = extensions;
  const headers = {
    ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
  };
  return { ...refusalOf([{ message, extensions: { ...extensions } }], context), status, headers };
}

function refusalOf(
  errors: readonly GraphQLFormattedError[],
  { record, log }: ServedContext,
): GraphQLResponse {
  if (!errors.every(isOfClient))
    log.error({ error: describeUnexpectedError(errors[0]) }, 'a request failed');
  record.answer(undefined, errors);
  return { status: 400, headers: {}, errors, data: undefined };
}
