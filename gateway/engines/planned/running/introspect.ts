import {
  execute,
  type ExecutionResult,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
} from 'graphql';
import type { OperationWithoutConditions } from '../../../operation/operation-without-conditions.ts';
import type { SelectionShape } from '../../../operation/response-shape.ts';
import { isIntrospection, withPlannedNames } from '../planning/planned-names.ts';

/** Runs the introspection fields of an operation. The result has planned names, like a subgraph's. */
export async function introspect(
  schema: GraphQLSchema,
  { operation, fragments }: OperationWithoutConditions,
  shape: SelectionShape,
  root: GraphQLObjectType,
  variableValues: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> {
  const selections = shape
    .fieldsOf(root)
    .flatMap(({ name, nodes }) => (isIntrospection(name) ? nodes : []));
  if (selections.length === 0) return {};
  const selected = withPlannedNames({
    ...operation,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  });
  const document = {
    kind: Kind.DOCUMENT,
    definitions: [selected, ...[...fragments.values()].map(withPlannedNames)],
  } as const;
  return await execute({ schema, document, variableValues });
}
