import { UnexpectedValue } from '../../../errors/unexpected-value.ts';
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import { completeResponse, type ResponseValues } from '../../operation/completion.ts';
import type { Graph, GraphRequest } from '../../operation/graph.ts';
import { ErrorsByPath } from '../../operation/errors-by-path.ts';
import { readVariables } from '../../operation/variable-values.ts';
import type { PreparedOperation } from '../../operation/prepared-operation.ts';
import { clientErrors } from './client-errors.ts';
import {
  OperationPlans,
  type OperationPlansOptions,
  type PlannedOperation,
} from './operation-plans.ts';
import type { PreparedFetches, SubgraphFetches } from '../../operation/subgraph-fetches.ts';
import { operationsFor, type Plan, type PlanNode } from './planning/plan.ts';
import { Failures } from './running/failures.ts';
import { FetchErrors } from './running/fetch-errors.ts';
import { introspect } from './running/introspect.ts';
import { ownValue } from './running/own-value.ts';
import type { Data } from './running/run.ts';
import { runPlan } from './running/run-plan.ts';
import { type LocalService, servicesFor } from './running/services.ts';
import type { FieldShape } from '../../operation/response-shape.ts';
import type { Joins } from '../../supergraph/joins.ts';
import type { ServiceConnection } from './service-connection.ts';

export interface PlannedExecutorOptions extends OperationPlansOptions {
  readonly joins: Joins;
  /** All types, with those that are hidden from clients. */
  readonly supergraphSchema: GraphQLSchema;
  readonly connection: (service: string) => ServiceConnection;
  /** The subgraph in this process. @default all are services */
  readonly local?: LocalSubgraph | undefined;
}

/** Executes operations by plans over services. */
export function createPlannedExecutor(options: PlannedExecutorOptions): Graph['execute'] {
  const plans = new OperationPlans(options);
  const openLocal = localFetches(options.local);
  return async (operation, request) => {
    const { coerced, errors } = readVariables(
      options.schema,
      operation.operation,
      request.variables,
    );
    if (coerced === undefined) return { errors };
    const planned = plans.of(operation.variant(coerced));
    const root = rootTypeOf(options.schema, operation);
    const failure = planned.shape.failureOf(root);
    if (failure !== undefined) return { data: null, errors: [failure] };
    const plan = await unlessAborted(planned.plan, request.scope.signal);
    if (
      plan.node === undefined &&
      planned.shape.fieldsOf(root).some(({ name }) => !name.startsWith('__'))
    ) {
      return { errors: [new GraphQLError('The query planner found no plan for this operation.')] };
    }
    return executePlan(options, {
      ...planned,
      plan,
      root,
      variables: coerced,
      request,
      local: plan.node && openLocal(plan.node, request),
    });
  };
}

function rootTypeOf(schema: GraphQLSchema, { operation }: PreparedOperation): GraphQLObjectType {
  const type = schema.getRootType(operation.operation);
  if (type == null)
    throw new TypeError(`The schema was expected to have a ${operation.operation}.`);
  return type;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(
        new CodedError(
          'UPSTREAM_TIMEOUT',
          "The operation could not be planned within the request's deadline. Try again.",
        ),
      );
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

interface Planned extends Omit<PlannedOperation, 'plan'> {
  readonly plan: Plan;
  readonly root: GraphQLObjectType;
  /** Coerced variables. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly request: GraphRequest;
  readonly local: LocalService | undefined;
}

interface LocalSubgraph {
  /** Its name in the supergraph. */
  readonly name: string;
  readonly fetches: SubgraphFetches;
}

/** Prepares the fetches to the embedded subgraph once for each plan. */
function localFetches(local: LocalSubgraph | undefined) {
  const prepared = new WeakMap<PlanNode, PreparedFetches>();
  return (node: PlanNode, { scope, change }: GraphRequest): LocalService | undefined => {
    if (local === undefined) return undefined;
    const known = prepared.get(node) ?? local.fetches.prepare(operationsFor(node, local.name));
    prepared.set(node, known);
    return { name: local.name, fetches: known.open(scope, change) };
  };
}

async function executePlan(
  options: PlannedExecutorOptions,
  planned: Planned,
): Promise<ExecutionResult> {
  const { schema, supergraphSchema, connection } = options;
  const { withoutConditions, shape, paths, plan, root, variables, request } = planned;
  const { variables: requestVariables } = request;
  const fetched = new FetchErrors();
  const data: Data = {};
  const absent = new WeakSet();
  const services = servicesFor(connection, request, planned.local);
  const failures = new Failures(request);
  const run = {
    schema: supergraphSchema,
    services,
    variables: requestVariables,
    data,
    hasSeparateEntities: plan.hasTypeSteps,
    errors: fetched,
    failures,
    absent,
    change: request.change,
  };
  if (plan.node !== undefined) await runPlan(run, plan.node);

  const introspection = await introspect(schema, withoutConditions, shape, root, requestVariables);
  Object.assign(data, introspection.data);
  const planErrors = [...fetched.all, ...(introspection.errors ?? [])];
  const errors = new ErrorsByPath(
    clientErrors(planErrors, paths, { schema, shape, root, data, variables }),
  );
  const completed = completeResponse(data, {
    schema,
    shape,
    root,
    errors,
    values: plannedValues(absent, unexpectedValues(options, failures)),
  });
  return { data: completed, ...(errors.all.length > 0 && { errors: errors.all }) };
}

/** Reports an invalid value as a failure of the service, if a single foreign service owns the field. */
const unexpectedValues =
  ({ joins, connection, local }: PlannedExecutorOptions, failures: Failures) =>
  ({ coordinate }: Pick<FieldShape, 'coordinate'>, message: string): Error | undefined => {
    const [type = '', field = ''] = coordinate.split('.');
    const [owner, ...others] = joins.types.get(type)?.fields.get(field)?.owners ?? [];
    if (owner === undefined || others.length > 0 || owner === local?.name) return undefined;
    const service = connection(owner);
    if (service.isBuiltIn) return undefined;
    return failures.logged(
      service.fail('UPSTREAM_CONTRACT', new UnexpectedValue(coordinate, message)),
      owner,
    );
  };

/** @param absent entities that a subgraph does not know: their fields are null, not missing */
const plannedValues = (
  absent: WeakSet<object>,
  unexpected: NonNullable<ResponseValues['unexpected']>,
): ResponseValues => ({
  unexpected,
  read: (object, { name, plannedName }, type) => {
    if (name === '__typename') return isObjectType(type) ? type.name : undefined;
    const value = ownValue(object, plannedName);
    return value === undefined && absent.has(object) ? null : value;
  },
  typeNameOf: (object, declared) =>
    typeof ownValue(object, '__typename') === 'string'
      ? ownValue(object, '__typename')
      : declared.name,
});
