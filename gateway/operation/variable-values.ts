import {
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { shortenMessage } from '../../errors/shorten-message.ts';

type Variables = Readonly<Record<string, unknown>>;

/** As they are to be used, or why they cannot be. */
export type VariableValues =
  | { readonly coerced: Variables; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/**
 * Reads an operation's variables as they came. What is wrong is said in the words of graphql-js, which writes a wrong value whole into each
 * error: a megabyte of wrong keys would become gigabytes of text, so both values and errors are bounded.
 */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
): VariableValues {
  const left = { values: MAX_VALUES, characters: MAX_CHARACTERS };
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    if (Object.hasOwn(given, name)) take(given[name], left);
    if (left.values >= 0 && left.characters >= 0) continue;
    const most =
      left.values < 0
        ? `${String(MAX_VALUES)} values, including those in lists and objects`
        : `${String(MAX_CHARACTERS)} characters`;
    const message = `The variables must have at most ${most}.`;
    return {
      errors: [
        new GraphQLError(message, {
          nodes: definition,
          extensions: { code: 'OPERATION_TOO_COMPLEX' },
        }),
      ],
    };
  }
  const maxErrors = MAX_CHARACTERS - left.characters > MAX_REPEATED ? 1 : MAX_ERRORS;
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { maxErrors });
  // The last one says nothing but that there are more.
  return coerced === undefined ? { errors: errors.slice(0, maxErrors).map(shorten) } : { coerced };
}

/** Ten times what the largest input has: an invoice of a hundred lines. */
const MAX_VALUES = 10_000;

/** As many as a document may have. */
const MAX_CHARACTERS = 100_000;

/** A person mends one after the other. */
const MAX_ERRORS = 5;

/** Characters that may be written into every error. */
const MAX_REPEATED = 10_000;

/** What variables may still have. */
interface Left {
  values: number;
  characters: number;
}

/** Takes all that is in a value, or more than is left. */
function take(value: unknown, left: Left): void {
  const open = [value];
  while (open.length > 0 && left.values >= 0 && left.characters >= 0) {
    const next = open.pop();
    left.values -= 1;
    if (typeof next === 'string') left.characters -= next.length;
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      if (next.length > left.values) left.values = -1;
      else open.push(...(next as readonly unknown[]));
      continue;
    }
    // Not by a list of its entries, which takes longer than reading the JSON did. Objects out of JSON inherit nothing that would show here.
    for (const key in next) {
      left.characters -= key.length;
      open.push((next as Readonly<Record<string, unknown>>)[key]);
    }
  }
}

function shorten({ message, nodes, originalError, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(shortenMessage(message), {
    nodes: nodes ?? null,
    originalError,
    extensions,
  });
}
