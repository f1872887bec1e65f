import {
  type FieldNode,
  getArgumentValues,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  visit,
} from 'graphql';
import type { FieldShape } from '../../operation/response-shape.ts';
import type { FusedObject } from './fused-object.ts';
import type { Fusion } from './fusion.ts';
import type { OperationRun } from './operation-run.ts';
import type { FieldOwner } from './field-owner.ts';
import type { SubgraphField } from './subgraph-field.ts';
import { isPromise } from './when-ready.ts';

/**
 * Reads a field of an object.
 * @param value the object as its origin returned it
 * @param fusedObject the same object, for fields of other subgraphs
 * @throws any error of the subgraph's resolver
 */
export type FieldReader = (
  run: OperationRun,
  value: unknown,
  fusedObject: FusedObject | undefined,
) => unknown;

type Arguments = Readonly<Record<string, unknown>>;
type ArgumentsOf = (run: OperationRun) => Arguments;

/** Reads fields that the object's own subgraph resolves, root fields included. */
export function createOwnReader(own: SubgraphField, args: ArgumentsOf): FieldReader {
  const { name } = own.definition;
  const subgraph = own.subgraph.name;
  const info = infoOf(own);
  const read: FieldReader = (run, value) =>
    own.read(value, args(run), run.context.of(subgraph), info);
  if (own.definition.resolve !== undefined) return read;
  return (run, value, fusedObject) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const property = (value as Readonly<Record<string, unknown>>)[name];
    return typeof property === 'function' ? read(run, value, fusedObject) : property;
  };
}

/** Reads fields that another subgraph resolves. If that does not know the object: null, or the run's marker for it. */
export function createCrossingReader(
  fusion: Fusion,
  owner: FieldOwner,
  args: ArgumentsOf,
): FieldReader {
  const read = createOwnReader(owner.field, args);
  const info = infoOf(owner.field);
  return (run, _value, fusedObject) => {
    if (fusedObject === undefined)
      throw new TypeError('An object with fields of other subgraphs must be a fused object.');
    const parent = fusion.counterpart(fusedObject, owner, run.context, info);
    if (!isPromise(parent)) return parent == null ? run.unknown : read(run, parent, undefined);
    return parent.then((settled: unknown) =>
      settled == null ? run.unknown : read(run, settled, undefined),
    );
  };
}

/** For root fields of mutations: clears records read before, which a write can have changed, even a failed one. */
export const forgetAfter =
  (read: FieldReader): FieldReader =>
  (run, value, fusedObject) => {
    const { context } = run;
    const forget = () => {
      context.forget();
    };
    let isPending = false;
    try {
      const written = read(run, value, fusedObject);
      isPending = isPromise(written);
      return isPromise(written) ? written.finally(forget) : written;
    } finally {
      if (!isPending) forget();
    }
  };

// Resolvers do not read it; `isTypeOf` resolution needs the schema.
const infoOf = ({ subgraph: { schema } }: SubgraphField) =>
  ({ schema }) as unknown as GraphQLResolveInfo;

/**
 * The arguments of a field: computed once if it uses no variable, otherwise once for each request.
 * @param number the field's number in the operation
 */
export function createArguments(
  { definition }: SubgraphField,
  type: GraphQLObjectType,
  { name, nodes: [node] }: FieldShape,
  number: number,
): ArgumentsOf {
  const field = type.getFields()[name];
  if (field === undefined || node === undefined)
    throw new TypeError(`${type.name} has a field ${name}.`);
  const defaults = hiddenDefaults(definition, field);
  if (field.args.length === 0) return () => defaults;
  const read = (variables: Arguments): Arguments => ({
    ...defaults,
    ...getArgumentValues(field, node, variables),
  });
  let known: Arguments | undefined;
  return takesVariables(node)
    ? (run) => (run.args[number] ??= read(run.variables))
    : () => (known ??= read({}));
}

function takesVariables({ arguments: args = [] }: FieldNode): boolean {
  const variables: string[] = [];
  for (const argument of args)
    visit(argument, { Variable: ({ name }) => void variables.push(name.value) });
  return variables.length > 0;
}

/** The subgraph's defaults for arguments that are hidden from clients. */
function hiddenDefaults(
  definition: GraphQLField<unknown, unknown>,
  field: GraphQLField<unknown, unknown>,
): Arguments {
  const hidden = definition.args.filter(
    (argument) =>
      argument.defaultValue !== undefined && !field.args.some(({ name }) => name === argument.name),
  );
  return Object.fromEntries(hidden.map((argument) => [argument.name, argument.defaultValue]));
}
