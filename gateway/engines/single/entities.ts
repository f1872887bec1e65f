import {
  type DocumentNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import { BadUserInput } from '../../../errors/coded-error.ts';
import { argumentsOfEach } from '../../supergraph/directives.ts';
import { leafPaths, parseFieldSet } from '../../supergraph/field-set.ts';
import { Links } from '../../supergraph/links.ts';

/**
 * Isolates the failures of representations in `_entities`. Apollo's resolver throws for the whole list and leaves rejected promises without
 * a handler, which ends the process.
 */
export function isolateEntities(schema: GraphQLSchema, document: DocumentNode): void {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const resolveAll = field?.resolve;
  if (field === undefined || resolveAll === undefined) return;
  const keys = readKeys(document);
  const resolve: GraphQLFieldResolver<
    unknown,
    unknown,
    { readonly representations: readonly unknown[] }
  > = (root, args, context, info) =>
    args.representations.map(async (representation) => {
      checkRepresentation(representation, keys, schema);
      // The cast is safe: Apollo's resolver returns a list of one for one representation.
      const [entity] = resolveAll(
        root,
        { representations: [representation] },
        context,
        info,
      ) as readonly unknown[];
      return await entity;
    });
  field.resolve = resolve;
}

/** The keys of each entity by its type; each key as the paths to its fields. */
type Keys = ReadonlyMap<string, readonly (readonly Path[])[]>;

type Path = readonly string[];

interface KeyArguments {
  readonly fields: string;
  readonly resolvable?: boolean;
}

/** Reads all resolvable keys. */
function readKeys(document: DocumentNode): Keys {
  const linked = new Links(document).linkedNamesOf('@key', 'federation');
  // A Federation 1 subgraph has no link.
  const names = linked.length > 0 ? linked : ['key'];
  const keys = new Map<string, readonly (readonly Path[])[]>();
  for (const type of document.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.OBJECT_TYPE_EXTENSION)
      continue;
    const resolvable = argumentsOfEach<KeyArguments>(type, names).filter(
      (key) => key.resolvable !== false,
    );
    const ofType = [
      ...(keys.get(type.name.value) ?? []),
      ...resolvable.map(({ fields }) => leafPaths(parseFieldSet(fields))),
    ];
    if (ofType.length > 0) keys.set(type.name.value, ofType);
  }
  return keys;
}

/** @throws BadUserInput */
function checkRepresentation(representation: unknown, keys: Keys, schema: GraphQLSchema): void {
  if (!isRecord(representation))
    throw new BadUserInput(
      `A representation must be an object, but is ${describe(representation)}.`,
    );
  const { __typename: name } = representation;
  const ofType = typeof name === 'string' ? keys.get(name) : undefined;
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  if (ofType === undefined || !isObjectType(type)) {
    const expected = [...keys.keys()].join(', ');
    throw new BadUserInput(
      `__typename of a representation must be one of ${expected}, but is ${describe(name)}.`,
    );
  }
  const isThere = (path: Path) =>
    isText(type, path)
      ? typeof valueAt(representation, path) === 'string'
      : isScalarValue(valueAt(representation, path));
  if (!ofType.some((key) => key.every(isThere))) {
    const actual = (ofType[0] ?? [])
      .map((path) => `${path.join('.')} is ${describe(valueAt(representation, path))}`)
      .join(' and ');
    const expected = ofType
      .map((key) => key.map((path) => path.join('.')).join(' and '))
      .join(' or ');
    throw new BadUserInput(
      `A representation of ${type.name} must have ${ofType.flat().every((path) => isText(type, path)) ? 'text' : 'values'} as ${expected}, but ${actual}.`,
    );
  }
  checkFields(representation, type, type.name);
}

/** Whether the field at the end of a path is text. Other keys are numbers, booleans, or text of a custom scalar or an enum. */
function isText(type: GraphQLObjectType, path: Path): boolean {
  let at: GraphQLNamedType | undefined = type;
  for (const name of path) {
    const field: GraphQLField<unknown, unknown> | undefined = isObjectType(at)
      ? at.getFields()[name]
      : undefined;
    at = field && getNamedType(field.type);
  }
  return at === undefined || TEXT_TYPES.has(at.name);
}

const isScalarValue = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Checks the types of `@requires` fields before resolvers read them. */
function checkFields(
  value: Readonly<Record<string, unknown>>,
  type: GraphQLObjectType,
  path: string,
): void {
  for (const [name, field] of Object.entries(type.getFields())) {
    const fieldValue = ownValue(value, name);
    if (fieldValue != null) checkValue(fieldValue, field.type, `${path}.${name}`);
  }
}

function checkValue(value: unknown, type: GraphQLOutputType, path: string): void {
  const expect = (isExpected: boolean, expected: string) => {
    if (!isExpected)
      throw new BadUserInput(
        `${path} of a representation must be ${expected}, but is ${describe(value)}.`,
      );
  };
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    expect(Array.isArray(value), 'a list');
    for (const [index, item] of (value as readonly unknown[]).entries())
      // Checked above.
      if (item !== null || isNonNullType(nullable.ofType))
        checkValue(item, nullable.ofType, `${path}.${String(index)}`);
    return;
  }
  if (TEXT_TYPES.has(nullable.name)) expect(typeof value === 'string', 'text');
  if (!isObjectType(nullable)) return;
  expect(isRecord(value), 'an object');
  checkFields(value as Readonly<Record<string, unknown>>, nullable, path); // Checked above.
}

/** @returns undefined if an object in the path is missing */
function valueAt(representation: Readonly<Record<string, unknown>>, path: Path): unknown {
  return path.reduce<unknown>(
    (value, name) => (isRecord(value) ? ownValue(value, name) : undefined),
    representation,
  );
}

/** Reads an own property: a custom field can have the name of an inherited one. */
const ownValue = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;

const TEXT_TYPES: ReadonlySet<string> = new Set(['ID', 'String']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function describe(value: unknown): string {
  if (value == null) return value === null ? 'null' : 'not there';
  if (typeof value === 'string') return `"${value.slice(0, MAX_QUOTED)}"`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}

const MAX_QUOTED = 100;
