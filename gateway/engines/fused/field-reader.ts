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
 * @param value is the object as its home gave it.
 * @param box is the same, for those that read from other subgraphs.
 * @throws whatever the subgraph's resolver throws
 */
export type FieldReader = (
  run: OperationRun,
  value: unknown,
  fusedObject: FusedObject | undefined,
) => unknown;

type Arguments = Readonly<Record<string, unknown>>;
type ArgumentsOf = (run: OperationRun) => Arguments;

/** For fields that the object's own subgraph has, those of root types among them. */
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

/** For fields that another subgraph has. Null, or what the run has for it, where that does not know the object. */
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

/** For root fields of mutations: what was read before, a write may have changed, even one that failed. */
export const forgetAfter =
  (read: FieldReader): FieldReader =>
  (run, value, fusedObject) => {
    const { context } = run;
    const forget = () => {
      context.forget();
    };
    let isUnderWay = false;
    try {
      const written = read(run, value, fusedObject);
      isUnderWay = isPromise(written);
      return isPromise(written) ? written.finally(forget) : written;
    } finally {
      if (!isUnderWay) forget();
    }
  };

/** Resolvers read nothing of it; resolving the type of an object by `isTypeOf` takes the schema. */
const infoOf = ({ subgraph: { schema } }: SubgraphField) =>
  ({ schema }) as unknown as GraphQLResolveInfo;

/**
 * The arguments of a field: found once where no variable is among them, else once for each request.
 * @param number tells the fields of an operation apart.
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

function takesVariables({ arguments: given = [] }: FieldNode): boolean {
  const variables: string[] = [];
  for (const argument of given)
    visit(argument, { Variable: ({ name }) => void variables.push(name.value) });
  return variables.length > 0;
}

/** The subgraph's defaults of arguments that clients cannot see. */
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
