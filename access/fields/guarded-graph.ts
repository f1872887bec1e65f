import { createHash } from 'node:crypto';
import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import { type ExecutionResult, Kind, type GraphQLSchema, type OperationDefinitionNode, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type AccessRules, type Condition, readAccessRules } from '../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { conditionVariables, decideConditions } from '../../operation/decided-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import { readVariables } from '../../operation/variable-values.ts';
import type { Caller } from '../caller.ts';
import { type AllowedOperation, allowedOperation } from './allowed-operation.ts';
import { type FieldConditions, fieldConditions } from './field-conditions.ts';
import { type DecidePolicies, unmetConditions } from './met-conditions.ts';
import { RefusedAnswer } from './refused-answer.ts';

/**
 * A graph of which each caller sees what its SDL allows: `@authenticated`, `@requiresScopes` and `@policy`, of the fields that the client
 * selects. What else has to be read for them, such as keys and `@requires`, is nobody's but the executor's.
 * @param decide is needed where the SDL has policies.
 */
export function guardGraph(graph: GatewayInterface, decide: DecidePolicies | undefined): GatewayInterface {
  let guard: (executor: GatewayExecutor) => GatewayExecutor = refuseAll(new TypeError('The graph has not been loaded.'));
  graph.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    try {
      guard = guardOf(apiSchema, readAccessRules(new Supergraph(coreSupergraphSdl).document), decide);
    } catch (error) {
      // Thrown here it might be lost, and the graph be served without its rules.
      guard = refuseAll(error);
    }
  });
  return {
    onSchemaLoadOrUpdate: (callback) => graph.onSchemaLoadOrUpdate(callback),
    load: async (options) => {
      const { executor } = await graph.load(options);
      if (executor === null) throw new TypeError('The graph was expected to be there once it is loaded.');
      guard(executor);
      return { executor: (request) => guard(executor)(request) };
    },
    stop: () => graph.stop(),
  };
}

const refuseAll = (reason: unknown) => (): never => {
  throw reason;
};

function guardOf(schema: GraphQLSchema, rules: AccessRules, decide: DecidePolicies | undefined) {
  if (rules.all.length === 0) return (executor: GatewayExecutor) => executor;
  const fields = new FieldGuard(schema, rules, decide);
  return (executor: GatewayExecutor): GatewayExecutor =>
    (request) =>
      fields.run(request, executor);
}

/** What may be run of an operation with some conditions unmet, and how the client wants to have it. */
interface Guarded extends AllowedOperation {
  readonly shape: SelectionShape;
  readonly queryHash: string;
}

interface KnownOperation {
  /** All that any of its fields is about. */
  readonly conditions: readonly Condition[];
  readonly variables: readonly string[];
  readonly guarded: LRUCache<string, Guarded>;
}

class FieldGuard {
  readonly #schema: GraphQLSchema;
  readonly #rules: AccessRules;
  readonly #conditions: FieldConditions;
  readonly #decide: DecidePolicies | undefined;
  /** Lives as long as the operations themselves, which the server keeps in a cache of bounded size. */
  readonly #known = new WeakMap<OperationDefinitionNode, KnownOperation>();

  constructor(schema: GraphQLSchema, rules: AccessRules, decide: DecidePolicies | undefined) {
    if (decide === undefined && rules.all.some(({ kind }) => kind === 'policies')) {
      throw new Error('The schema has @policy, so POLICIES must name the module that decides on policies.');
    }
    this.#schema = schema;
    this.#rules = rules;
    this.#conditions = fieldConditions(schema, rules);
    this.#decide = decide;
  }

  run(request: GatewayGraphQLRequestContext, executor: GatewayExecutor): ReturnType<GatewayExecutor> {
    const { caller } = contextOf(request);
    if (caller.scopes === 'all') return executor(request);
    const known = this.#known.get(request.operation) ?? this.#read(request);
    this.#known.set(request.operation, known);
    return known.conditions.length === 0 ? executor(request) : this.#runAllowed(request, executor, known);
  }

  async #runAllowed(request: GatewayGraphQLRequestContext, executor: GatewayExecutor, known: KnownOperation): Promise<ExecutionResult> {
    const { caller } = contextOf(request);
    const unmet = await unmetConditions(known.conditions, caller, this.#decide);
    if (unmet.length === 0) return executor(request);
    const { coerced } = readVariables(this.#schema, request.operation, request.request.variables ?? {});
    // The executor says what is wrong with them, and runs nothing.
    if (coerced === undefined) return executor(request);
    const guarded = this.#guard(request, known, unmet, coerced);
    if (guarded.refused.size === 0) return executor(request);
    const { document, operation, queryHash } = guarded;
    const result: ExecutionResult = document === undefined ? { data: {} } : await executor({ ...request, document, operation, queryHash });
    return this.#complete(result, guarded, caller);
  }

  #read({ document, operation }: GatewayGraphQLRequestContext): KnownOperation {
    const found = new Set<Condition>();
    const types = new TypeInfo(this.#schema);
    const visitor = visitWithTypeInfo(types, {
      Field: ({ name }) => {
        const parent = types.getParentType();
        if (parent != null) for (const condition of this.#conditions.of(parent, name.value)) found.add(condition);
      },
    });
    for (const definition of document.definitions) {
      if (definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION) visit(definition, visitor);
    }
    return { conditions: [...found], variables: conditionVariables(document), guarded: new LRUCache({ max: MAX_FORMS }) };
  }

  #guard(
    { document, operation, queryHash }: GatewayGraphQLRequestContext,
    known: KnownOperation,
    unmet: readonly Condition[],
    variables: Readonly<Record<string, unknown>>,
  ): Guarded {
    const values = known.variables.map((name) => String(variables[name])).join();
    const key = `${unmet.map((condition) => this.#rules.all.indexOf(condition)).join()} ${values}`;
    const before = known.guarded.get(key);
    if (before !== undefined) return before;
    const decided = decideConditions(document, operation, variables);
    const allowed = allowedOperation(decided, new Set(unmet), { schema: this.#schema, conditions: this.#conditions });
    const guarded: Guarded = {
      ...allowed,
      shape: responseShape(this.#schema, decided, ({ name }) => name.value),
      queryHash: createHash('sha256').update(`${queryHash} without ${key}`).digest('hex'),
    };
    known.guarded.set(key, guarded);
    return guarded;
  }

  #complete(result: ExecutionResult, { shape, refused, operation }: Guarded, caller: Caller): ExecutionResult {
    const root = this.#schema.getRootType(operation.operation);
    if (result.data == null || root == null) return result;
    const answer = new RefusedAnswer({ schema: this.#schema, refused, caller });
    const data = answer.object(result.data, shape, root.name, []);
    const errors = [...(result.errors ?? []), ...answer.errors];
    return { ...result, data, ...(errors.length > 0 && { errors }) };
  }
}

/** Callers differ in what they lack, and operations in what is skipped; more forms than this are made anew. */
const MAX_FORMS = 32;

/** Apollo Server's interface leaves the context's type open; ours is made in one place, by the server. */
const contextOf = ({ context }: GatewayGraphQLRequestContext) => context as unknown as { readonly caller: Caller };
