import { hash } from 'node:crypto';
import { type ExecutionResult, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { LRUCache } from 'lru-cache';
import {
  type AccessRules,
  type Condition,
  readAccessRules,
} from '../../supergraph/access-rules.ts';
import type { CodedError } from '../../../errors/coded-error.ts';
import type { Caller } from '../../../request/caller.ts';
import type { AccessDecision, Graph, GraphRequest } from '../../operation/graph.ts';
import { PreparedOperation, type Variables } from '../../operation/prepared-operation.ts';
import { responseShape, type SelectionShape } from '../../operation/response-shape.ts';
import { readVariables } from '../../operation/variable-values.ts';
import { type AllowedOperation, allowedOperation } from './allowed-operation.ts';
import { type FieldConditions, fieldConditions } from './field-conditions.ts';
import { type DecidePolicies, unmetConditions } from './met-conditions.ts';
import { InputConditions } from './input-conditions.ts';
import { completeRefused, refusalOf } from './response-with-refusals.ts';

/**
 * Enforces the access rules of a graph's SDL on selected fields: `@authenticated`, `@requiresScopes` and `@policy`. Fields of `@key` and
 * `@requires` are not checked: the executor reads them, and the client does not see them.
 * @param decide required if the SDL has policies
 * @throws Error for rules that cannot be enforced
 */
export function enforceFieldAccess(graph: Graph, decide: DecidePolicies | undefined): GuardedGraph {
  const rules = readAccessRules(graph.supergraph.document);
  if (rules.all.length === 0)
    return {
      ...graph,
      refuse: () => Promise.resolve(undefined),
      accessTo: () => Promise.resolve(UNRESTRICTED_ACCESS),
    };
  const fields = new FieldAccess(graph, rules, decide);
  return {
    ...graph,
    execute: (operation, request) => fields.execute(operation, request),
    refuse: (operation, request) => fields.refuse(operation, request),
    accessTo: (operation, caller) => fields.accessTo(operation, caller),
  };
}

export interface GuardedGraph extends Graph {
  /** @returns why a caller can see no field of an operation; undefined if some are visible, or the variables are invalid */
  readonly refuse: (
    operation: PreparedOperation,
    request: Pick<GraphRequest, 'variables' | 'caller'>,
  ) => Promise<CodedError | undefined>;
  /** Decides what a caller may see of an operation. A request with this decision is executed by it. */
  readonly accessTo: (operation: PreparedOperation, caller: Caller) => Promise<AccessDecision>;
}

const UNRESTRICTED_ACCESS: AccessDecision = { name: '', unmet: [] };

/** An operation with some conditions unmet: its allowed part, and the shape of the whole response. */
interface RestrictedOperation {
  /** Undefined if no field is left. */
  readonly allowed: PreparedOperation | undefined;
  readonly refused: AllowedOperation['refused'];
  readonly typeName: AllowedOperation['typeName'];
  readonly shape: SelectionShape;
}

interface ConditionalOperation {
  /** The conditions of all its fields. */
  readonly conditions: readonly Condition[];
  readonly restricted: LRUCache<string, RestrictedOperation>;
}

class FieldAccess {
  readonly #graph: Graph;
  readonly #rules: AccessRules;
  readonly #conditions: FieldConditions;
  readonly #inputs: InputConditions;
  readonly #decide: DecidePolicies | undefined;

  constructor(graph: Graph, rules: AccessRules, decide: DecidePolicies | undefined) {
    if (decide === undefined && rules.all.some(({ kind }) => kind === 'policies')) {
      throw new Error(
        'The schema has @policy, so POLICIES must name the module that decides on policies.',
      );
    }
    this.#graph = graph;
    this.#rules = rules;
    this.#conditions = fieldConditions(graph.schema, rules);
    this.#inputs = new InputConditions(graph.schema, rules);
    this.#decide = decide;
  }

  execute(operation: PreparedOperation, request: GraphRequest): Promise<ExecutionResult> {
    if (request.caller.scopes === 'all') return this.#graph.execute(operation, request);
    const known = operation.get(this, () => this.#read(operation));
    return known.conditions.length === 0
      ? this.#graph.execute(operation, request)
      : this.#executeAllowed(operation, request, known);
  }

  async refuse(
    operation: PreparedOperation,
    { caller, variables }: Pick<GraphRequest, 'variables' | 'caller'>,
  ): Promise<CodedError | undefined> {
    if (caller.scopes === 'all') return undefined;
    const known = operation.get(this, () => this.#read(operation));
    const unmet = await unmetConditions(known.conditions, caller, this.#decide);
    const { schema } = this.#graph;
    const { coerced } = readVariables(schema, operation.operation, variables);
    if (unmet.length === 0 || coerced === undefined) return undefined;
    const { allowed, refused, shape } = this.#restrict(operation, known, unmet, coerced);
    const root = schema.getRootType(operation.operation.operation);
    if (allowed !== undefined || root == null) return undefined;
    const [first] = shape
      .fieldsOf(root)
      .flatMap((field) => refusalOf(field, refused, caller) ?? []);
    return first;
  }

  async accessTo(operation: PreparedOperation, caller: Caller): Promise<AccessDecision> {
    if (caller.scopes === 'all') return UNRESTRICTED_ACCESS;
    const { conditions } = operation.get(this, () => this.#read(operation));
    const unmet = await unmetConditions(conditions, caller, this.#decide);
    if (unmet.length === 0) return UNRESTRICTED_ACCESS;
    const numbers = unmet.map((condition) => this.#rules.all.indexOf(condition));
    // What is refused is told to callers with a credential in other words.
    const name = `${caller.isAuthenticated ? 'authenticated' : 'anonymous'} without ${numbers.join()}`;
    return { name, unmet };
  }

  async #executeAllowed(
    operation: PreparedOperation,
    request: GraphRequest,
    known: ConditionalOperation,
  ): Promise<ExecutionResult> {
    const { caller, access } = request;
    const { schema } = this.#graph;
    const unmet = access?.unmet ?? (await unmetConditions(known.conditions, caller, this.#decide));
    if (unmet.length === 0) return this.#graph.execute(operation, request);
    const { coerced } = readVariables(schema, operation.operation, request.variables);
    // The executor reports the invalid variables and runs nothing.
    if (coerced === undefined) return this.#graph.execute(operation, request);
    const restricted = this.#restrict(operation, known, unmet, coerced);
    if (restricted.refused.size === 0) return this.#graph.execute(operation, request);
    const root = schema.getRootType(operation.operation.operation);
    const failure = root && restricted.shape.failureOf(root);
    if (failure != null) return { data: null, errors: [failure] };
    const result: ExecutionResult =
      restricted.allowed === undefined
        ? { data: {} }
        : await this.#graph.execute(restricted.allowed, request);
    return root == null
      ? result
      : completeRefused(result, {
          schema,
          shape: restricted.shape,
          root,
          refused: restricted.refused,
          typeName: restricted.typeName,
          caller,
        });
  }

  #read({ document, operation }: PreparedOperation): ConditionalOperation {
    const found = new Set<Condition>();
    const types = new TypeInfo(this.#graph.schema);
    const visitor = visitWithTypeInfo(types, {
      Field: ({ name }) => {
        const parent = types.getParentType();
        if (parent != null)
          for (const condition of this.#conditions.of(parent, name.value)) found.add(condition);
        const definition = types.getFieldDef();
        if (definition != null)
          for (const condition of this.#inputs.possible(definition)) found.add(condition);
      },
    });
    for (const definition of document.definitions) {
      if (definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION)
        visit(definition, visitor);
    }
    return { conditions: [...found], restricted: new LRUCache({ max: MAX_VARIANTS }) };
  }

  #restrict(
    operation: PreparedOperation,
    known: ConditionalOperation,
    unmet: readonly Condition[],
    variables: Variables,
  ): RestrictedOperation {
    const values = operation.conditions.map((name) => String(variables[name])).join();
    const variant = operation.variant(variables);
    const { withoutConditions } = variant;
    const { schema } = this.#graph;
    const guarded = variant.get(this, () => this.#inputs.guardedFields(schema, withoutConditions));
    const unmetSet = new Set(unmet);
    const inputs = guarded.map((field) => this.#inputs.refused(field, unmetSet, variables));
    const indexOf = (condition: Condition) => this.#rules.all.indexOf(condition);
    const places = inputs.map(
      (refused) => refused && `${refused.argument} ${String(indexOf(refused.condition))}`,
    );
    const key = `${unmet.map(indexOf).join()} ${values} ${places.join()}`;
    const before = known.restricted.get(key);
    if (before !== undefined) return before;
    const allowed = allowedOperation(withoutConditions, unmetSet, {
      schema,
      conditions: this.#conditions,
      inputs: new Map(
        guarded.flatMap(({ node }, index) => {
          const refused = inputs[index];
          return refused === undefined ? [] : [[node, refused] as const];
        }),
      ),
    });
    const restricted: RestrictedOperation = {
      allowed:
        allowed.document &&
        new PreparedOperation({
          document: allowed.document,
          operation: allowed.operation,
          hash: hash('sha256', `${operation.hash} without ${key}`),
        }),
      refused: allowed.refused,
      typeName: allowed.typeName,
      shape: responseShape(schema, withoutConditions, ({ name }) => name.value),
    };
    known.restricted.set(key, restricted);
    return restricted;
  }
}

/** Maximum number of cached forms of an operation: unmet conditions and skipped fields vary. Further ones are computed again. */
const MAX_VARIANTS = 32;
