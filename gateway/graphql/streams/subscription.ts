import { getArgumentValues, type GraphQLSchema } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import type { Change } from '../../../events/change.ts';
import type { ChangeField, ChangeFields } from '../../../subgraphs/change-fields.ts';
import type { PreparedOperation, Variables } from '../../operation/prepared-operation.ts';
import { responseShape } from '../../operation/response-shape.ts';
import { readVariables } from '../../operation/variable-values.ts';

/** A subscription that is valid and admitted. */
export interface Subscription {
  readonly operation: PreparedOperation;
  /** As sent by the client. */
  readonly variables: Variables;
  /** The type of the subscribed records. */
  readonly type: string;
  /** The id of the subscribed record. @default all of the type */
  readonly id: string | undefined;
  /** Whether a change passes the client's filter. Depends on the change alone. */
  matches(change: Change): boolean;
}

/** @throws CodedError if the variables are invalid, or the field has no events on this server */
export function readSubscription(
  schema: GraphQLSchema,
  fields: ChangeFields,
  operation: PreparedOperation,
  variables: Variables,
): Subscription {
  const { coerced, errors = [] } = readVariables(schema, operation.operation, variables);
  if (coerced === undefined)
    throw new CodedError('BAD_USER_INPUT', errors[0]?.message ?? 'The variables are invalid.');
  const root = schema.getSubscriptionType();
  const [field] =
    root == null
      ? []
      : responseShape(
          schema,
          operation.variant(coerced).withoutConditions,
          (selected) => selected.name.value,
        ).fieldsOf(root);
  const definition = field && root?.getFields()[field.name];
  const changes = field && fields[field.name];
  const [node] = field?.nodes ?? [];
  if (definition === undefined || changes === undefined || node === undefined)
    throw new CodedError('BAD_REQUEST', 'This server has no events for this subscription.');
  const args = getArgumentValues(definition, node, coerced);
  const { id } = args;
  return {
    operation,
    variables,
    type: changes.type,
    id: typeof id === 'string' ? id : undefined,
    matches: createFilter(changes, args),
  };
}

function createFilter(
  { type, filters }: ChangeField,
  { id, ...others }: Readonly<Record<string, unknown>>,
): Subscription['matches'] {
  const related = Object.entries(others).flatMap(([name, value]) => {
    const relatedType = filters[name];
    return relatedType === undefined || value == null ? [] : [{ type: relatedType, id: value }];
  });
  return (change) =>
    change.type === type &&
    change.source !== 'write' &&
    (id == null || change.id === id) &&
    related.every((wanted) =>
      change.related.some((one) => one.type === wanted.type && one.id === wanted.id),
    );
}
