import {
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { shortenMessage } from '../../errors/shorten-message.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Coerced variables, or the errors of invalid ones. */
export type VariableValues =
  | { readonly coerced: Variables; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] };

/**
 * Coerces an operation's variables. Errors have the messages of graphql-js, which contain the whole invalid value: a megabyte of invalid keys
 * would become gigabytes of text. Values and errors are therefore bounded.
 */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
): VariableValues {
  const left = { values: MAX_VALUES, characters: MAX_CHARACTERS };
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    if (Object.hasOwn(variables, name)) take(variables[name], left);
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
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, {
    maxErrors,
  });
  // The last error only states that there are more.
  return coerced === undefined ? { errors: errors.slice(0, maxErrors).map(shorten) } : { coerced };
}

/** Ten times the largest input: an invoice of 100 lines. */
const MAX_VALUES = 10_000;

/** Equals the limit of a document. */
const MAX_CHARACTERS = 100_000;

/** Enough for a person, who fixes one after the other. */
const MAX_ERRORS = 5;

/** Maximum length of variables that several errors can repeat. */
const MAX_REPEATED = 10_000;

/** The remaining values and characters. */
interface Left {
  values: number;
  characters: number;
}

/** Subtracts the values and characters of a value; stops when one is negative. */
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
    // `Object.entries` would take longer than parsing the JSON did. Objects from JSON inherit no enumerable property.
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
