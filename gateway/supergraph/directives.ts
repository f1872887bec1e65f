import { type ConstDirectiveNode, print, valueFromASTUntyped } from 'graphql';

/** A schema element that can have directives. */
export interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/**
 * The arguments of each use of a directive, under any of its names.
 * @typeParam Arguments the arguments in the directive's specification, which composition has checked
 */
export function argumentsOfEach<Arguments>(
  { directives = [] }: Annotated,
  names: readonly string[],
): Arguments[] {
  return directives
    .filter(({ name }) => names.includes(name.value))
    .map((directive) => argumentsOf(directive) as Arguments);
}

export function argumentsOf({
  arguments: args = [],
}: ConstDirectiveNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    args.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
}

/** Removes repeated directives with equal arguments. */
export const distinctDirectives = (directives: readonly ConstDirectiveNode[]) => [
  ...new Map(directives.map((directive) => [print(directive), directive])).values(),
];
