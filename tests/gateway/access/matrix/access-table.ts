import {
  type ConstDirectiveNode,
  getNamedType,
  type GraphQLSchema,
  isObjectType,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  parse,
  valueFromASTUntyped,
} from 'graphql';

/** Lines of scopes: one line has to be held as a whole. */
type Need = readonly (readonly string[])[];

/** Who may see what, as a schema's SDL says it; read and decided without the code that is tested. */
export interface AccessTable {
  readonly schema: GraphQLSchema;
  /** Each field that not everybody may see: `Customer.name`. */
  readonly protected: readonly string[];
  /** All that any rule names. */
  readonly scopes: readonly string[];
  allows(type: string, field: string, scopes: ReadonlySet<string>): boolean;
}

/**
 * @param rules is the SDL with `@requiresScopes`.
 * @throws Error for other directives about access, of which the matrix knows nothing yet.
 */
export function readAccessTable(schema: GraphQLSchema, rules: string): AccessTable {
  const needs = readNeeds(rules);
  const needsOf = (type: string, field: string): Need[] => {
    const definition = schema.getType(type);
    const target = isObjectType(definition) ? definition.getFields()[field]?.type : undefined;
    return [
      type,
      `${type}.${field}`,
      ...(target === undefined ? [] : [getNamedType(target).name]),
    ].flatMap((place) => needs.get(place) ?? []);
  };
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.keys(type.getFields()).map((field) => ({ type: type.name, field }))
      : [],
  );
  return {
    schema,
    scopes: [...new Set([...needs.values()].flat(3))].sort(),
    protected: fields
      .filter(({ type, field }) => needsOf(type, field).length > 0)
      .map(({ type, field }) => `${type}.${field}`),
    allows: (type, field, scopes) =>
      needsOf(type, field).every((need) =>
        need.some((line) => line.every((scope) => scopes.has(scope))),
      ),
  };
}

function readNeeds(rules: string): ReadonlyMap<string, readonly Need[]> {
  const needs = new Map<string, Need[]>();
  const add = (place: string, directives: readonly ConstDirectiveNode[] = []) => {
    for (const { name, arguments: args = [] } of directives) {
      if (/authenticated|policy/.test(name.value))
        throw new Error(`The matrix was expected to know of @${name.value} at ${place}.`);
      if (name.value !== 'requiresScopes') continue;
      // A cast: composition has checked it.
      needs.set(place, [
        ...(needs.get(place) ?? []),
        ...args.map(({ value }) => valueFromASTUntyped(value) as Need),
      ]);
    }
  };
  for (const definition of parse(rules).definitions) {
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
    add(definition.name.value, definition.directives);
    for (const field of 'fields' in definition ? (definition.fields ?? []) : []) {
      add(`${definition.name.value}.${field.name.value}`, field.directives);
    }
  }
  return needs;
}
