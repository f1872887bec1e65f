import { type ConstDirectiveNode, Kind, parse, print, valueFromASTUntyped, visit } from 'graphql';

export const isNamed = (name: string) => (directive: ConstDirectiveNode) =>
  directive.name.value === name;

export const isNotNamed = (name: string) => (directive: ConstDirectiveNode) =>
  directive.name.value !== name;

export const argumentsOf = ({
  arguments: given = [],
}: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

/** Whether a directive says who may see an element. */
export const isAccessRule = ({ name }: ConstDirectiveNode): boolean => ACCESS.includes(name.value);

const ACCESS = ['requiresScopes', 'authenticated', 'policy'];

/**
 * What a file adds to a subgraph, with the full names of Federation's access directives that the subgraph does not import.
 * @param sdl is that of the subgraph
 */
export function withFullNames(added: string, sdl: string): string {
  const missing = ACCESS.filter((name) => !sdl.includes(`"@${name}"`));
  if (added.trim() === '' || !missing.some((name) => added.includes(`@${name}`))) return added;
  return print(
    visit(parse(added, { noLocation: true }), {
      Directive: (node) =>
        missing.includes(node.name.value)
          ? { ...node, name: { ...node.name, value: `federation__${node.name.value}` } }
          : undefined,
    }),
  );
}

/** @returns what is wrong with the access rules of an element, a sentence each: what composition would say names no file and no line */
export function problemsOfAccess(
  directives: readonly ConstDirectiveNode[],
  coordinate: string,
): readonly string[] {
  return directives.flatMap((directive) => {
    const name = directive.name.value;
    const [argument, example = ''] = ACCESS_ARGUMENTS[name] ?? [];
    if (argument === undefined) return [];
    const value = argumentsOf(directive)[argument];
    const isValid =
      Array.isArray(value) && value.length > 0 && value.every((names) => isTexts(names));
    return isValid
      ? []
      : [
          `@${name} of ${coordinate} needs a list of lists of text: @${name}(${argument}: [["${example}"]]).`,
        ];
  });
}

/** The argument of each access directive, and an example of a value. */
const ACCESS_ARGUMENTS: Readonly<Record<string, readonly [string, string]>> = {
  requiresScopes: ['scopes', 'personal:read'],
  policy: ['policies', 'own_region'],
};

const isTexts = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');

/** The directives with the access rule that holds for an element whose author states none. */
export function withAccess(
  directives: readonly ConstDirectiveNode[],
  scopes: readonly (readonly string[])[] = [],
): readonly ConstDirectiveNode[] {
  if (scopes.length === 0 || directives.some(isAccessRule)) return directives;
  const [type] = parse(`type T @requiresScopes(scopes: ${JSON.stringify(scopes)})`, {
    noLocation: true,
  }).definitions;
  const rule = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.directives ?? []) : [];
  return [...directives, ...rule];
}
