import { type ConstDirectiveNode, print, valueFromASTUntyped } from 'graphql';

/** A part of a schema that directives may stand on. */
export interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/**
 * The arguments of each use of a directive, whichever of the names it is used under.
 * @typeParam Arguments are those of the directive's specification, which composition has checked.
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
  arguments: given = [],
}: ConstDirectiveNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
}

/** Each use of a directive once, whatever repeats it with the same arguments. */
export const distinctDirectives = (directives: readonly ConstDirectiveNode[]) => [
  ...new Map(directives.map((directive) => [print(directive), directive])).values(),
];
