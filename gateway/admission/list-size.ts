import {
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import type { ListSizeRule } from '../supergraph/cost-rules.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** The maximum length of a list, depending on variables. */
export interface ListSize {
  readonly of: (variables: Variables) => number;
  /** Whether it depends on variables. */
  readonly varies: boolean;
  /** The connection's fields of that length; empty if the field itself is the list. */
  readonly sizedFields: readonly string[];
}

/** For lists without a rule or argument. */
export const UNKNOWN_SIZE: ListSize = {
  of: () => UNKNOWN_LIST_SIZE,
  varies: false,
  sizedFields: [],
};

const UNKNOWN_LIST_SIZE = 10;

type Field = GraphQLField<unknown, unknown>;

/** @returns undefined for a field that is neither a list nor a connection */
export function listSize(
  rule: ListSizeRule | undefined,
  field: Field,
  node: FieldNode,
  values: ArgumentValues,
): ListSize | undefined {
  const { slicingArguments, sizedFields, assumedSize } = rule ?? connectionRule(field) ?? {};
  const isList = isListType(getNullableType(field.type));
  if (!isList && (sizedFields ?? []).length === 0) return undefined;
  const sizeArguments = (slicingArguments ?? []).flatMap((name) => {
    const argument = field.args.find((one) => one.name === name);
    return argument === undefined ? [] : [values.of(argument, node)];
  });
  const otherwise = assumedSize ?? UNKNOWN_LIST_SIZE;
  const of = (variables: Variables) => {
    const sizes = sizeArguments.flatMap((value) => sizeOf(value.of(variables)) ?? []);
    return sizes.length === 0 ? otherwise : Math.max(...sizes);
  };
  return { of, varies: sizeArguments.some(({ varies }) => varies), sizedFields: sizedFields ?? [] };
}

/** Relay connections are detected without a directive: https://relay.dev/graphql/connections.htm */
function connectionRule(field: Field): ListSizeRule | undefined {
  const type = getNamedType(field.type);
  if (
    !field.args.some(({ name }) => name === 'first') ||
    !(isObjectType(type) || isInterfaceType(type))
  )
    return undefined;
  const sizedFields = ['edges', 'nodes'].filter((name) => {
    const items = type.getFields()[name];
    return items !== undefined && isListType(getNullableType(items.type));
  });
  return sizedFields.length === 0
    ? undefined
    : { slicingArguments: ['first', 'last'], sizedFields };
}

function sizeOf(value: unknown): number | undefined {
  // The resolver refuses an invalid size.
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : undefined;
}

/** The value of an argument, depending on variables. */
export interface ArgumentValue {
  readonly of: (variables: Variables) => unknown;
  readonly varies: boolean;
}

/** Reads the arguments on which costs depend: numbers, and whether a value is present. */
export class ArgumentValues {
  readonly #defaults = new Map<string, unknown>();

  constructor({ variableDefinitions = [] }: OperationDefinitionNode) {
    for (const { variable, defaultValue } of variableDefinitions) {
      if (defaultValue !== undefined)
        this.#defaults.set(variable.name.value, valueFromASTUntyped(defaultValue));
    }
  }

  of({ name, defaultValue }: GraphQLArgument, node: FieldNode): ArgumentValue {
    const value = node.arguments?.find((one) => one.name.value === name)?.value;
    if (value === undefined) return { of: () => defaultValue, varies: false };
    if (value.kind !== Kind.VARIABLE) {
      const literal = valueFromASTUntyped(value);
      return { of: () => literal, varies: false };
    }
    return this.ofVariable(value.name.value, defaultValue);
  }

  /** @param otherwise the value for an absent variable without a default */
  ofVariable(name: string, otherwise: unknown): ArgumentValue {
    const value = this.#defaults.has(name) ? this.#defaults.get(name) : otherwise;
    return {
      // An own property: a variable can have the name of an inherited one.
      of: (variables) =>
        Object.hasOwn(variables, name) && variables[name] !== undefined ? variables[name] : value,
      varies: true,
    };
  }
}
