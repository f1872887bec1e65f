import { getVariableValues, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** As they are to be used, or why they cannot be. */
export type VariableValues =
  { readonly coerced: Variables; readonly errors?: never } | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/**
 * Reads an operation's variables as they came. What is wrong is said in the words of graphql-js, which writes a wrong value whole into each
 * error: a megabyte of wrong keys would become gigabytes of text, so both values and errors are bounded.
 */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
): VariableValues {
  let left = MAX_VALUES;
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    if (Object.hasOwn(given, name)) left -= countValues(given[name], left);
    if (left < 0) {
      const message = `The variables must have at most ${String(MAX_VALUES)} values, counting each within lists and objects.`;
      return { errors: [new GraphQLError(message, { nodes: definition, extensions: { code: 'OPERATION_TOO_COMPLEX' } })] };
    }
  }
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { maxErrors: MAX_ERRORS });
  // The last one says nothing but that there are more.
  return coerced === undefined ? { errors: errors.slice(0, MAX_ERRORS).map(shorten) } : { coerced };
}

/** Ten times what the largest input has: an invoice of a hundred lines. */
const MAX_VALUES = 10_000;

/** A person mends one after the other. */
const MAX_ERRORS = 5;

/** @returns the number of values, or one that is more than `most`. */
function countValues(value: unknown, most: number): number {
  let count = 1;
  if (typeof value !== 'object' || value === null) return count;
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined && count <= most; next = open.pop()) {
    for (const inner of Object.values(next) as readonly unknown[]) {
      count += 1;
      if (typeof inner === 'object' && inner !== null) open.push(inner);
    }
  }
  return count;
}

/** Characters of an error's message, the value that was wrong included. */
const MAX_MESSAGE = 1000;

function shorten(error: GraphQLError): GraphQLError {
  const { message, nodes, originalError, extensions } = error;
  if (message.length <= MAX_MESSAGE) return error;
  // What is wrong with the value comes after it.
  const half = MAX_MESSAGE / 2;
  return new GraphQLError(`${message.slice(0, half)} [...] ${message.slice(-half)}`, { nodes, originalError, extensions });
}
