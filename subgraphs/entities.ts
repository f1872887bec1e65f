import {
  type ConstDirectiveNode,
  getNamedType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  parse,
} from 'graphql';
import { BadUserInput } from '../errors/coded-error.ts';

/**
 * Lets each representation that a client gives to `_entities` fail in its own place. Apollo's resolver throws for the
 * whole list, and leaves the references that it has begun to fail where nobody catches them, which ends the process.
 */
export function isolateEntities(schema: GraphQLSchema, sdl: string): void {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const resolveAll = field?.resolve;
  if (field === undefined || resolveAll === undefined) return;
  const keys = readKeys(sdl);
  const resolve: GraphQLFieldResolver<unknown, unknown, { readonly representations: readonly unknown[] }> = (root, given, context, info) =>
    given.representations.map(async (representation) => {
      checkRepresentation(representation, keys, schema);
      // A cast: for one representation Apollo's resolver gives a list of one.
      const [entity] = resolveAll(root, { representations: [representation] }, context, info) as readonly unknown[];
      return await entity;
    });
  field.resolve = resolve;
}

/** The sets of fields that each name an entity, by its type. */
type Keys = ReadonlyMap<string, readonly (readonly string[])[]>;

function readKeys(sdl: string): Keys {
  const keys = new Map<string, readonly (readonly string[])[]>();
  for (const type of parse(sdl, { noLocation: true }).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const ofType = (type.directives ?? []).flatMap(readKey);
    if (ofType.length > 0) keys.set(type.name.value, ofType);
  }
  return keys;
}

/** @returns nothing for another directive, and for a key that this subgraph gives away without answering to it. */
function readKey({ name, arguments: given = [] }: ConstDirectiveNode): readonly (readonly string[])[] {
  if (name.value !== 'key') return [];
  const values = new Map(given.map((argument) => [argument.name.value, argument.value]));
  const fields = values.get('fields');
  const resolvable = values.get('resolvable');
  if (fields?.kind !== Kind.STRING || (resolvable?.kind === Kind.BOOLEAN && !resolvable.value)) return [];
  return [fields.value.trim().split(/\s+/)];
}

/** @throws BadUserInput */
function checkRepresentation(representation: unknown, keys: Keys, schema: GraphQLSchema): void {
  if (!isRecord(representation)) throw new BadUserInput(`A representation must be an object, but is ${describe(representation)}.`);
  const { __typename: name } = representation;
  const ofType = typeof name === 'string' ? keys.get(name) : undefined;
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  if (ofType === undefined || !isObjectType(type)) {
    const expected = [...keys.keys()].join(', ');
    throw new BadUserInput(`__typename of a representation must be one of ${expected}, but is ${describe(name)}.`);
  }
  if (!ofType.some((key) => key.every((field) => typeof representation[field] === 'string'))) {
    const came = (ofType[0] ?? []).map((field) => `${field} is ${describe(representation[field])}`).join(' and ');
    throw new BadUserInput(
      `A representation of ${type.name} must have text as ${ofType.map((key) => key.join(' and ')).join(' or ')}, but ${came}.`,
    );
  }
  checkFields(representation, type, type.name);
}

/** Checks what `@requires` brings along, so that resolvers find the types they were written for. */
function checkFields(value: Readonly<Record<string, unknown>>, type: GraphQLObjectType, path: string): void {
  for (const [name, field] of Object.entries(type.getFields())) {
    const given = value[name];
    if (given == null) continue;
    const fieldType = getNamedType(field.type);
    if (TEXT_TYPES.has(fieldType.name) && typeof given !== 'string') {
      throw new BadUserInput(`${path}.${name} of a representation must be text, but is ${describe(given)}.`);
    }
    if (!isObjectType(fieldType)) continue;
    if (!isRecord(given)) throw new BadUserInput(`${path}.${name} of a representation must be an object, but is ${describe(given)}.`);
    checkFields(given, fieldType, `${path}.${name}`);
  }
}

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
