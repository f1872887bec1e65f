import type { GatewayExecutionResult, GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { GraphQLError, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { CodedError } from '../../errors/coded-error.ts';
import { readVariables } from '../../operation/variable-values.ts';
import type { GatewayContext } from '../request-context.ts';
import { clientErrors, type Requirements } from './client-errors.ts';
import { OperationPlans, type PreparedOperation } from './operation-plans.ts';
import type { Planner, PlanNode } from './planning/plan.ts';
import { complete } from './running/complete.ts';
import { Failures } from './running/failures.ts';
import { FetchErrors } from './running/fetch-errors.ts';
import { introspect } from './running/introspect.ts';
import { PlacedErrors } from './running/placed-errors.ts';
import type { Data } from './running/run.ts';
import { runPlan } from './running/run-plan.ts';
import { servicesFor } from './running/services.ts';
import type { ServiceConnection } from './service-connection.ts';

export interface PlannedExecutorOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** With all types, those that clients don't see included. */
  readonly supergraphSchema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly planner: Planner;
  readonly connection: (service: string) => ServiceConnection;
}

/** Answers operations by plans over services. */
export function createPlannedExecutor(options: PlannedExecutorOptions): GatewayExecutor {
  const plans = new OperationPlans(options.schema, options.planner);
  return async (request) => {
    const given: Readonly<Record<string, unknown>> = request.request.variables ?? {};
    const { coerced, errors } = readVariables(options.schema, request.operation, given);
    if (coerced === undefined) return { errors };
    const prepared = prepare(plans, request, coerced);
    if (prepared instanceof GraphQLError) return { data: null, errors: [prepared] };
    const root = rootTypeOf(options.schema, request);
    const { node } = await unlessAborted(prepared.plan, contextOf(request).scope.signal);
    if (node === undefined && prepared.shape.fieldsOf(root).some(({ name }) => !name.startsWith('__'))) {
      return { errors: [new GraphQLError('The planner found no way to answer this operation.')] };
    }
    return answer(options, { ...prepared, node, root, given, variables: coerced, context: contextOf(request) });
  };
}

/** Apollo Server's interface leaves the context's type open; ours is made in one place, by the server. */
const contextOf = ({ context }: GatewayGraphQLRequestContext) => context as unknown as GatewayContext;

/** @returns an error where a condition has no value: null in a variable with a default. */
function prepare(plans: OperationPlans, request: GatewayGraphQLRequestContext, variables: Readonly<Record<string, unknown>>) {
  try {
    return plans.prepare(request, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function rootTypeOf(schema: GraphQLSchema, { operation }: GatewayGraphQLRequestContext): GraphQLObjectType {
  const type = schema.getRootType(operation.operation);
  if (type == null) throw new TypeError(`The schema was expected to have a ${operation.operation}.`);
  return type;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(new CodedError('UPSTREAM_TIMEOUT', "The operation could not be planned within the request's deadline. Try again."));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

interface Planned extends PreparedOperation {
  readonly node: PlanNode | undefined;
  readonly root: GraphQLObjectType;
  /** As they came. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GatewayContext;
}

async function answer(options: PlannedExecutorOptions, planned: Planned): Promise<GatewayExecutionResult> {
  const { schema, supergraphSchema, requirements, connection } = options;
  const { decided, shape, node, root, given, variables, context } = planned;
  const fetched = new FetchErrors();
  const data: Data = {};
  const absent = new WeakSet();
  const services = servicesFor(connection, context.scope);
  const failures = new Failures(context);
  const run = { schema: supergraphSchema, services, variables: given, data, errors: fetched, failures, absent };
  if (node !== undefined) await runPlan(run, node);

  const errors = new PlacedErrors();
  for (const error of clientErrors(fetched.all, { ...decided, schema, requirements, shape, root, data, variables })) errors.add(error);
  const introspection = await introspect(schema, decided, shape, root, given);
  // A cast: the interface wants a record.
  const completed = complete(data, shape, root, { schema, errors, absent, introspection }) as Record<string, unknown> | null;
  return { data: completed, ...(errors.all.length > 0 && { errors: errors.all }) };
}
