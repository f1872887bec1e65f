import {
  type ConstDirectiveNode,
  type EnumTypeDefinitionNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeExtensionNode,
  parse,
  valueFromASTUntyped,
} from 'graphql';

export const isNamed = (name: string) => (directive: ConstDirectiveNode) =>
  directive.name.value === name;

export const isNotNamed = (name: string) => (directive: ConstDirectiveNode) =>
  directive.name.value !== name;

/** Nodes of a custom-fields file that can have directives. */
export type Annotated =
  EnumTypeDefinitionNode | EnumValueDefinitionNode | FieldDefinitionNode | ObjectTypeExtensionNode;

/** The access directives. */
const ACCESS = ['requiresScopes', 'authenticated', 'policy'];

/**
 * Directives that each part of the file can have. Others have a meaning in composition that does not apply to custom fields, such as a key.
 */
export const FIELD_DIRECTIVES = ['property', ...ACCESS, 'tag', 'deprecated', 'inaccessible'];
export const ENUM_DIRECTIVES = ['tag', 'inaccessible'];
export const VALUE_DIRECTIVES = ['value', 'tag', 'deprecated', 'inaccessible'];
/** Directives of `extend type` would apply to the whole type. */
export const NO_DIRECTIVES: readonly string[] = [];

/**
 * Checks the directives of a part of the file: errors of composition contain no file and no line.
 * @param known names of the allowed directives
 * @returns problems, a sentence each
 */
export function directiveProblems(
  { directives = [] }: Annotated,
  coordinate: string,
  known: readonly string[],
): readonly string[] {
  const names = directives.map(({ name }) => name.value);
  const unknown = [...new Set(names)].filter((name) => !known.includes(name));
  const rest =
    known.length === 0 ? '' : ` It can have ${known.map((one) => `@${one}`).join(', ')}.`;
  const twice = names.filter(
    (name, index) => name !== 'tag' && known.includes(name) && names.indexOf(name) < index,
  );
  return [
    ...unknown.map(
      (name) => `${coordinate} cannot have @${name} in a file of custom fields.${rest}`,
    ),
    ...twice.map((name) => `${coordinate} has @${name} twice. Remove one.`),
    ...argumentProblems(directives, coordinate),
  ];
}

/** Problems of the arguments of directives, a sentence each: errors of composition contain no file and no line. */
export const argumentProblems = (
  directives: readonly ConstDirectiveNode[],
  coordinate: string,
): readonly string[] =>
  directives.flatMap((directive) => argumentProblem(directive, coordinate) ?? []);

function argumentProblem(directive: ConstDirectiveNode, coordinate: string): string | undefined {
  const name = directive.name.value;
  const [argument = '', example = '', isLists = false] = Object.hasOwn(ARGUMENTS, name)
    ? (ARGUMENTS[name] ?? [])
    : [];
  if (argument === '') return undefined;
  const value = argumentsOf(directive)[argument];
  if (isLists)
    return isListOfLists(value)
      ? undefined
      : `@${name} of ${coordinate} needs a list of lists of text: @${name}(${argument}: [["${example}"]]).`;
  return typeof value === 'string' || (value === undefined && name === 'deprecated')
    ? undefined
    : `@${name} of ${coordinate} needs ${argument} as text: @${name}(${argument}: "${example}").`;
}

/** The argument of a directive, an example of it, and whether it is a list of lists of text. */
const ARGUMENTS: Readonly<Record<string, readonly [string, string, boolean]>> = {
  requiresScopes: ['scopes', 'personal:read', true],
  policy: ['policies', 'own_region', true],
  tag: ['name', 'partner', false],
  deprecated: ['reason', 'Use tier.', false],
};

const isListOfLists = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((names) => isTexts(names));

const isTexts = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');

export const argumentsOf = ({
  arguments: args = [],
}: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

/** Whether a directive controls access to an element. */
export const isAccessRule = ({ name }: ConstDirectiveNode): boolean => ACCESS.includes(name.value);

/** Adds the default access rule to an element without one. */
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
