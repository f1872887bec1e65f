import { execute, type GraphQLObjectType, type GraphQLSchema, Kind } from 'graphql';
import type { DecidedOperation } from '../../../operation/decided-operation.ts';
import type { SelectionShape } from '../../../operation/response-shape.ts';

/** Answers what an operation asks of the schema itself, by response names. */
export async function introspect(
  schema: GraphQLSchema,
  { operation, fragments }: DecidedOperation,
  shape: SelectionShape,
  root: GraphQLObjectType,
  variableValues: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const selections = shape.fieldsOf(root).flatMap(({ name, nodes }) => (name === '__schema' || name === '__type' ? nodes : []));
  if (selections.length === 0) return {};
  const asked = { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } } as const;
  const { data } = await execute({
    schema,
    document: { kind: Kind.DOCUMENT, definitions: [asked, ...fragments.values()] },
    variableValues,
  });
  return data ?? {};
}
