import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { enforceFieldAccess, type GuardedGraph } from '../access/fields/field-access.ts';
import type { DecidePolicies } from '../access/fields/met-conditions.ts';
import { Unauthenticated } from '../access/refusal.ts';
import { type ForwardedChange, readForwardedChange } from '../access/services/forwarded-change.ts';
import {
  type SignedCallers,
  type SignCaller,
  unsignedChange,
} from '../access/services/signed-caller.ts';
import { CodedError } from '../../errors/coded-error.ts';
import type { Change } from '../../events/change.ts';
import { formatCursor, parseCursor } from '../../events/log/cursor.ts';
import type { LogPlace } from '../../request/cache-tags.ts';
import type { ChangeFields } from '../../subgraphs/change-fields.ts';
import type { Caller } from '../../request/caller.ts';
import type { LimitSettings } from '../admission/limit-settings.ts';
import type { AccessDecision, Graph, GraphRequest } from '../operation/graph.ts';
import type { PreparedOperation, Variables } from '../operation/prepared-operation.ts';
import {
  type ConditionalOptions,
  ConditionalRequests,
} from './conditional/conditional-requests.ts';
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
  /** The persisted operations, which outlive the graph. */
  readonly persisted: PersistedQueries;
  readonly limits: LimitSettings;
  /** @default no cost limit */
  readonly costs?: CostOptions | undefined;
  /** The fields of `Subscription` that have events. @default none */
  readonly changeFields?: ChangeFields | undefined;
  /** The head of the change log. @default no change log: subscriptions are refused */
  readonly logHead?: (() => LogPlace | undefined) | undefined;
  /** Signs requests to services. @default nothing is signed */
  readonly signCaller?: SignCaller | undefined;
  /**
   * For a service: whether our gateway has signed a change. A subscription runs like a query, for that change.
   * @default subscriptions need a stream
   */
  readonly hasSigned?: SignedCallers['hasSigned'] | undefined;
  /** Responds to conditional GET requests without a vendor call. @default never */
  readonly conditional?: Omit<ConditionalOptions, 'graph' | 'accessTo'> | undefined;
  /** Whether clients may read the schema. If not, errors suggest no names. */
  readonly introspection: boolean;
  /** Decides on the policies of the schema, if any. */
  readonly policies: DecidePolicies | undefined;
  /** Shared by the whole process. */
  readonly heavy: HeavyOperations;
  /** Shared by the whole process. */
  readonly validation: ValidationLine;
  readonly production: boolean;
}

/** The parts of a GraphQL request that decide its response. */
export interface GraphQLRequest extends RequestParameters {
  /** Whether mutations are allowed: in a POST. */
  readonly allowsMutations: boolean;
  /** `If-None-Match` of a request whose response can have an entity tag; null if absent. @default no entity tag */
  readonly ifNoneMatch?: string | null;
}

/** A response before it is written. */
export interface GraphQLResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly data: ExecutionResult['data'];
}

export type FindContext = Pick<ServedContext, 'record' | 'scope'>;

/** Executes the GraphQL requests of one schema. */
export class GraphQLServer {
  readonly schema: GraphQLSchema;
  readonly #graph: Graph;
  readonly #documents: Documents;
  readonly #persisted: PersistedQueries;
  readonly #costs: CostCheck;
  readonly #changeFields: ChangeFields;
  readonly #refuse: GuardedGraph['refuse'];
  readonly #forwarding: Pick<GraphQLServerOptions, 'logHead' | 'signCaller' | 'hasSigned'>;
  readonly #conditional: ConditionalRequests | undefined;
  readonly #accessTo: GuardedGraph['accessTo'];
  readonly #formatError: FormatError;

  private constructor(
    {
      graph,
      persisted,
      limits,
      costs,
      changeFields = {},
      conditional,
      logHead,
      signCaller,
      hasSigned,
    }: GraphQLServerOptions,
    documents: Documents,
    format: FormatError,
    guards: Pick<GuardedGraph, 'refuse' | 'accessTo'>,
  ) {
    this.schema = graph.schema;
    this.#graph = graph;
    this.#documents = documents;
    this.#persisted = persisted;
    this.#costs = new CostCheck(graph, { answerFields: limits.answerFields, costs });
    this.#changeFields = changeFields;
    this.#refuse = guards.refuse;
    this.#accessTo = guards.accessTo;
    this.#forwarding = { logHead, signCaller, hasSigned };
    this.#conditional =
      conditional && new ConditionalRequests({ ...conditional, graph, accessTo: guards.accessTo });
    this.#formatError = format;
  }

  static async start(options: GraphQLServerOptions): Promise<GraphQLServer> {
    const { graph, introspection, limits, production, policies, heavy, validation: line } = options;
    const format = introspection ? formatError : withoutSuggestions(formatError);
    const restricted = enforceFieldAccess(graph, policies);
    const guarded = queueHeavyOperations(restricted, heavy);
    const { schema } = graph;
    const documents = await Documents.start({
      schema,
      limits: limits.document,
      introspection,
      production,
      formatError: format,
      line,
    });
    const served = { ...options, graph: guarded };
    return new GraphQLServer(served, documents, format, restricted);
  }

  /** Finds the document, admits the operation and runs it. A refusal is a response, too. */
  async execute(request: GraphQLRequest, context: ServedContext): Promise<GraphQLResponse> {
    try {
      const operation = await this.#findOperation(request, context);
      if ('errors' in operation) return refusalOf(operation.errors, context);
      const { change, head } = this.#forwardedChange(operation, request, context) ?? {};
      const { variables } = request;
      const ifNoneMatch = request.ifNoneMatch ?? undefined;
      const conditional =
        request.ifNoneMatch === undefined
          ? undefined
          : await this.#conditional?.begin(operation, variables, context);
      const known = conditional?.findUnchanged(ifNoneMatch);
      if (known !== undefined) return notModified(known, context);
      const refusal = await this.#admit(operation, request, context);
      if (refusal !== undefined) return refusal;
      // After admission: a refused request has no precondition (RFC 9110, section 13.2.1).
      if (conditional?.matchesAny(ifNoneMatch) === true)
        return notModified(conditional.tag(), context);
      const response = await this.#run(operation, variables, withLogPlace(context, placeOf(head)), {
        change,
        access: conditional?.access,
      });
      const etag = isComplete(response, context)
        ? conditional?.tagOfResponse(context.scope.trace.olderReads)
        : undefined;
      return etag === undefined
        ? response
        : { ...response, headers: { ...response.headers, ...cacheHeaders(etag) } };
    } catch (error) {
      if (error instanceof CodedError) return refuse(error, context);
      throw error;
    }
  }

  /**
   * Finds the type of a request's operation, without running it.
   * @returns undefined if it is refused; {@link execute} returns the reason
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
   * Finds and admits a subscription. {@link executeChange} runs it for each change.
   * @returns the response of a request that gets no stream
   */
  async subscribe(
    request: GraphQLRequest,
    context: ServedContext,
  ): Promise<Subscription | GraphQLResponse> {
    try {
      const operation = await this.#findOperation(request, context);
      if ('errors' in operation) return refusalOf(operation.errors, context);
      if (operation.operation.operation !== OperationTypeNode.SUBSCRIPTION)
        throw new CodedError('BAD_REQUEST', 'Only subscriptions can have a stream.');
      const { variables } = request;
      const subscription = readSubscription(this.schema, this.#changeFields, operation, variables);
      const { caller } = context;
      const refusal =
        (await this.#refuse(operation, { variables, caller })) ??
        (await this.#costs.refuse(operation, variables, context));
      return refusal === undefined ? subscription : refuse(refusal, context);
    } catch (error) {
      if (error instanceof CodedError) return refuse(error, context);
      throw error;
    }
  }

  /**
   * Runs a subscription for one change. Services receive the change with the signed caller.
   * @param access is the decision of {@link accessTo} for the caller of the context
   */
  async executeChange(
    { operation, variables }: Subscription,
    { change, access }: { readonly change: Change; readonly access: AccessDecision },
    context: ServedContext,
  ): Promise<GraphQLResponse> {
    const { logHead, signCaller } = this.#forwarding;
    const { record } = context;
    record.resolve(operation.name, operation.operation.operation);
    this.#costs.record(operation, variables, record);
    // The head of the log is behind the change until all listeners have received it.
    await Promise.resolve();
    const place = logHead?.();
    const head = place && formatCursor(place);
    const { scope, caller } = context;
    const signed = await signCaller?.(caller, scope.clientKey ?? caller.id, { change, head });
    const forwarded = { ...scope.forwarded, ...signed };
    const withHead = withLogPlace({ ...context, scope: { ...scope, forwarded } }, place);
    return this.#run(operation, variables, withHead, { change, access });
  }

  /** Decides the caller's current access to a subscription. */
  accessTo({ operation }: Subscription, caller: Caller): Promise<AccessDecision> {
    return this.#accessTo(operation, caller);
  }

  /** Validates a document before its first request. */
  prepare(text: string): Promise<void> {
    return this.#documents.prepare(text);
  }

  /** The most recently used valid documents. */
  recentDocuments(limit: number): readonly string[] {
    return this.#documents.recentTexts(limit);
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

  /**
   * Reads the change that a gateway has sent with a subscription to a service.
   * @returns undefined for other operations, and in a gateway
   * @throws CodedError
   */
  #forwardedChange(
    { operation: { operation: type } }: PreparedOperation,
    { forwarded, allowsMutations }: GraphQLRequest,
    { caller }: ServedContext,
  ): ForwardedChange | undefined {
    const { hasSigned } = this.#forwarding;
    if (hasSigned === undefined || !allowsMutations || type !== OperationTypeNode.SUBSCRIPTION)
      return undefined;
    const read = forwarded && readForwardedChange(forwarded);
    if (read === undefined) throw NO_CHANGE;
    if (!hasSigned(read, caller)) throw unsignedChange();
    return read;
  }

  /** @returns the refusal, if the operation must not run */
  async #admit(
    operation: PreparedOperation,
    { allowsMutations, variables }: GraphQLRequest,
    context: ServedContext,
  ): Promise<GraphQLResponse | undefined> {
    const { operation: type } = operation.operation;
    const { hasSigned, logHead } = this.#forwarding;
    if (type === OperationTypeNode.SUBSCRIPTION && hasSigned === undefined)
      return logHead === undefined
        ? refuse(NO_STREAMS, context)
        : refuse(NEEDS_STREAM, context, 406);
    if (!allowsMutations && type !== OperationTypeNode.QUERY) {
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
    decided: Pick<GraphRequest, 'change' | 'access'>,
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
        ...decided,
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

  /** `data` is undefined if nothing was executed: invalid variables, or no plan. */
  #toResponse({ data, errors: thrown }: Executed, { record, log }: ServedContext): GraphQLResponse {
    const errors = thrown?.map((error) => this.#formatError(toFormatted(error), error));
    logErrors(log, thrown, errors);
    record.setResult(data, errors);
    const status = data !== undefined ? 200 : errors?.every(isOfClient) === true ? 400 : 500;
    return { status, headers: {}, errors, data };
  }
}

const NO_STREAMS = new CodedError('BAD_REQUEST', 'This server serves no subscriptions.');

const NEEDS_STREAM = new CodedError(
  'BAD_REQUEST',
  'A subscription needs a stream. Send the header accept: text/event-stream, or multipart/mixed;subscriptionSpec=1.0, or use a WebSocket.',
);

const NO_CHANGE = new CodedError(
  'BAD_REQUEST',
  'This service runs a subscription only for a change from its gateway. extensions.change must be a change, and extensions.head a cursor or absent.',
);

const withLogPlace = (context: ServedContext, place: LogPlace | undefined): ServedContext =>
  place === undefined ? context : { ...context, scope: { ...context.scope, logPlace: place } };

/** @param head is a cursor. Its time is unknown, so the time of the newest change is used. */
function placeOf(head: string | undefined): LogPlace | undefined {
  const cursor = head === undefined ? undefined : parseCursor(head);
  return cursor && { ...cursor, time: cursor.position.ms };
}

/** Whether a response is current: no errors, and no stale data. */
const isComplete = ({ status, errors }: GraphQLResponse, { scope }: ServedContext) =>
  status === 200 && errors === undefined && scope.trace.stale.length === 0;

/** Caches revalidate the response each time. */
const cacheHeaders = (etag: string) => ({ etag, 'cache-control': 'private, no-cache' });

function notModified(etag: string, { record }: ServedContext): GraphQLResponse {
  record.setResult({}, undefined);
  return { status: 304, headers: cacheHeaders(etag), errors: undefined, data: undefined };
}

interface Executed {
  readonly data: ExecutionResult['data'];
  readonly errors: readonly GraphQLError[] | undefined;
}

/** An error in the format of graphql-js, with a code for `formatError`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { extensions } = error;
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } };
}

const isOfClient = ({ extensions }: GraphQLFormattedError) => isClientError(extensions?.['code']);

/** Creates the response to a refused request. */
export function refuse(
  error: CodedError,
  context: ServedContext,
  status = HTTP_STATUS[error.code],
): GraphQLResponse {
  const { message, extensions } = error;
  const { retryAfter } = extensions;
  const headers = {
    // RFC 9110, section 11.6.1.
    ...(error instanceof Unauthenticated && { 'www-authenticate': error.challenge }),
    ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
  };
  return { ...refusalOf([{ message, extensions: { ...extensions } }], context), status, headers };
}

/** A client error, or a request that another instance must execute. */
const isExpected = (error: GraphQLFormattedError) =>
  isOfClient(error) || error.extensions?.['code'] === 'SERVER_DRAINING';

function refusalOf(
  errors: readonly GraphQLFormattedError[],
  { record, log }: ServedContext,
): GraphQLResponse {
  if (!errors.every(isExpected))
    log.error({ error: describeUnexpectedError(errors[0]) }, 'a request failed');
  record.setResult(undefined, errors);
  return { status: 400, headers: {}, errors, data: undefined };
}
