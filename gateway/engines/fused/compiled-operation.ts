import {
  type ExecutionResult,
  getNamedType,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import { createResponseObject, MISSING } from '../../operation/completion.ts';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import {
  type FieldShape,
  responseShape,
  type SelectionShape,
} from '../../operation/response-shape.ts';
import {
  createArguments,
  createCrossingReader,
  createOwnReader,
  type FieldReader,
  forgetAfter,
} from './field-reader.ts';
import { FusedObject } from './fused-object.ts';
import type { Fusion } from './fusion.ts';
import {
  type Holder,
  type OperationRun,
  type ResponsePosition,
  type Step,
} from './operation-run.ts';
import { type SubgraphField, typeOf } from './subgraph-field.ts';
import type { FusedSupergraph } from './fused-supergraph.ts';
import { isPromise } from './when-ready.ts';

/** Executes an operation; calls back when its response is complete. */
export type CompiledOperation = (run: OperationRun, done: () => void) => void;

export const runCompiled = (
  compiled: CompiledOperation,
  run: OperationRun,
): Promise<ExecutionResult> =>
  new Promise((resolve) => {
    compiled(run, () => {
      resolve(run.result());
    });
  });

/** The graph that operations are compiled for. */
export interface CompiledGraph {
  readonly supergraph: FusedSupergraph;
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  readonly fusion: Fusion;
}

/**
 * Compiles an operation: decides once what graphql-js decides for each value. This is the origin of each object in the response, the owners
 * of its fields, and how values are completed.
 * @returns undefined for an operation that selects introspection fields
 */
export function compileOperation(
  graph: CompiledGraph,
  withoutConditions: OperationWithoutConditions,
): CompiledOperation | undefined {
  const { operation } = withoutConditions.operation;
  const root = graph.schema.getRootType(operation);
  const shape = responseShape(graph.schema, withoutConditions, (node) => node.name.value);
  if (root == null || selectsIntrospection(shape, root)) return undefined;
  const fields = new Compiler(graph).fields(shape, root, '');
  if (operation !== OperationTypeNode.MUTATION) {
    return (run, done) => {
      runAtOnce(run, fields, done);
    };
  }
  const writes = fields.map((field) => ({ ...field, read: forgetAfter(field.read) }));
  return (run, done) => {
    const data = createResponseObject();
    run.data = data;
    runSerially(run, writes.values(), data, done);
  };
}

const selectsIntrospection = (shape: SelectionShape, root: GraphQLObjectType) =>
  shape.fieldsOf(root).some(({ name }) => name === '__schema' || name === '__type');

/** How to read and complete a field. */
interface FieldPlan {
  readonly key: string;
  readonly read: FieldReader;
  readonly step: Step;
  /** Whether another subgraph than the object's origin resolves it. */
  readonly crosses: boolean;
}

/** How to complete objects of one type from one subgraph. */
interface ObjectPlan {
  readonly type: string;
  readonly origin: string;
  readonly fields: readonly FieldPlan[];
  readonly crosses: boolean;
}

function runAtOnce(run: OperationRun, fields: readonly FieldPlan[], done: () => void): void {
  const data = createResponseObject();
  run.data = data;
  if (!fields.every((field) => resolveField(run, field, run.rootValue, undefined, run.root, data)))
    run.data = null;
  run.whenIdle(done);
}

/** Starts the next write when the response of the previous one is complete. Stops if `data` has become null. */
function runSerially(
  run: OperationRun,
  fields: Iterator<FieldPlan, undefined>,
  data: Holder,
  done: () => void,
): void {
  const { value: field } = fields.next();
  if (field === undefined || run.data === null) {
    done();
    return;
  }
  if (!resolveField(run, field, undefined, undefined, run.root, data)) run.data = null;
  run.whenIdle(() => {
    runSerially(run, fields, data, done);
  });
}

/** @returns false if the field is a null that the object must propagate */
function resolveField(
  run: OperationRun,
  { key, read, step }: FieldPlan,
  value: unknown,
  fusedObject: FusedObject | undefined,
  position: ResponsePosition,
  holder: Holder,
): boolean {
  let result: unknown;
  try {
    result = read(run, value, fusedObject);
  } catch (error) {
    // Handled like an error that the resolver returned.
    result = error instanceof Error ? error : new Error(String(error));
  }
  return run.put(step, result, position, holder, key);
}

function completeObject(
  run: OperationRun,
  { type, origin, fields, crosses }: ObjectPlan,
  value: unknown,
  position: ResponsePosition,
): unknown {
  const holder = createResponseObject();
  const fusedObject = crosses ? new FusedObject(type, origin, value) : undefined;
  for (const field of fields)
    if (!resolveField(run, field, value, fusedObject, position, holder)) return MISSING;
  return holder;
}

class Compiler {
  readonly #graph: CompiledGraph;
  #fields = 0;

  constructor(graph: CompiledGraph) {
    this.#graph = graph;
  }

  /** @param origin the subgraph that returns the objects; empty for root types */
  fields(shape: SelectionShape, type: GraphQLObjectType, origin: string): FieldPlan[] {
    return shape.fieldsOf(type).map((field) => {
      if (field.name === '__typename')
        return { key: field.responseName, read: () => type.name, step: TYPENAME, crosses: false };
      const { own, read, crosses } = this.#reader(field, type, origin);
      return { key: field.responseName, read, crosses, step: this.#step(field, field.type, own) };
    });
  }

  #isRoot(type: GraphQLObjectType): boolean {
    const { schema } = this.#graph;
    return (
      type === schema.getQueryType() ||
      type === schema.getMutationType() ||
      type === schema.getSubscriptionType()
    );
  }

  #reader(field: FieldShape, type: GraphQLObjectType, origin: string) {
    const { supergraph, fusion } = this.#graph;
    const number = (this.#fields += 1);
    if (this.#isRoot(type)) {
      const [owner = ''] = supergraph.types.get(type.name)?.fields.get(field.name)?.owners ?? [];
      const own = fusion.field(owner, type.name, field.name);
      return {
        own,
        read: createOwnReader(own, createArguments(own, type, field, number)),
        crosses: false,
      };
    }
    const owner = fusion.ownerOf(type.name, origin, field.name);
    const own = owner.field;
    const args = createArguments(own, type, field, number);
    const read = owner.isOrigin
      ? createOwnReader(own, args)
      : createCrossingReader(fusion, owner, args);
    return { own, read, crosses: !owner.isOrigin };
  }

  #step(field: FieldShape, type: GraphQLOutputType, own: SubgraphField): Step {
    const isNullable = !isNonNullType(type);
    const nullable = isNonNullType(type) ? type.ofType : type;
    const { nodes, coordinate } = field;
    const unexpected = own.subgraph.unexpectedValue;
    if (isLeafType(nullable)) {
      return {
        isNullable,
        unexpected,
        nodes,
        coordinate,
        serialize: (value) => nullable.serialize(value),
        complete: () => undefined,
      };
    }
    return {
      isNullable,
      unexpected,
      nodes,
      coordinate,
      serialize: undefined,
      complete: this.#completion(field, nullable, own),
    };
  }

  #completion(
    field: FieldShape,
    type: Exclude<GraphQLOutputType, { readonly ofType: never }>,
    own: SubgraphField,
  ): Step['complete'] {
    if (isListType(type)) return completeItems(this.#step(field, type.ofType, own));
    const origin = own.subgraph.name;
    if (isObjectType(type)) {
      const plan = this.#object(field.below, type, origin);
      return (run, value, position) => completeObject(run, plan, value, position);
    }
    // The cast is safe: only interfaces and unions remain.
    return this.#abstractCompletion(field, type as GraphQLAbstractType, own);
  }

  #abstractCompletion(
    { below, nodes, coordinate }: FieldShape,
    type: GraphQLAbstractType,
    own: SubgraphField,
  ): Step['complete'] {
    const { schema } = this.#graph;
    const origin = own.subgraph.name;
    const declared = getNamedType(own.definition.type);
    if (!isAbstractType(declared))
      throw new TypeError(`The subgraph ${origin} has an abstract type at ${coordinate} too.`);
    // `isTypeOf` resolution reads only the schema.
    const info = { schema: own.subgraph.schema } as unknown as GraphQLResolveInfo;
    const plans = new Map<string, ObjectPlan>();
    const planFor = (name: string, value: unknown): ObjectPlan => {
      const from = own.subgraph.originOf(name, value);
      const place = `${from}/${name}`;
      const known = plans.get(place);
      if (known !== undefined) return known;
      const object = schema.getType(name);
      if (!isObjectType(object) || !schema.isSubType(type, object)) {
        throw new GraphQLError(
          `A ${type.name} was expected at ${coordinate}, but an object of ${name} came.`,
        );
      }
      const plan = this.#object(below, object, from);
      plans.set(place, plan);
      return plan;
    };
    return (run, value, position) => {
      const name = typeOf(declared, value, run.context.of(origin), info);
      // The cast is safe: a value that is not a promise is the type's name.
      if (!isPromise(name))
        return completeObject(run, planFor(name as string, value), value, position);
      const { parent, holder, key, isNullable } = position;
      const step: Step = {
        isNullable,
        unexpected: own.subgraph.unexpectedValue,
        nodes,
        coordinate,
        serialize: undefined,
        complete: (_run, { type: settled }: { readonly type: string }) =>
          completeObject(run, planFor(settled, value), value, position),
      };
      run.put(
        step,
        name.then((settled: string) => ({ type: settled })),
        parent ?? run.root,
        holder,
        key,
      );
      return undefined;
    };
  }

  #object(shape: SelectionShape, type: GraphQLObjectType, origin: string): ObjectPlan {
    const fields = this.fields(shape, type, origin);
    return { type: type.name, origin, fields, crosses: fields.some(({ crosses }) => crosses) };
  }
}

const TYPENAME: Step = {
  isNullable: false,
  unexpected: undefined,
  nodes: [],
  coordinate: '__typename',
  serialize: (value) => GraphQLString.serialize(value),
  complete: () => undefined,
};

/** Completes a list. A failed item, or an item that is an error, nulls only itself. */
const completeItems =
  (item: Step): Step['complete'] =>
  (run, value, position) => {
    if (!isIterable(value))
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${item.coordinate}".`,
      );
    const list: unknown[] = [];
    let index = 0;
    for (const one of value) {
      // The cast is safe: a list is a holder with numeric keys.
      if (!run.put(item, one, position, list as unknown as Holder, index)) return MISSING;
      index += 1;
    }
    return list;
  };

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;
