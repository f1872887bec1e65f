import {
  baseType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type NamedType,
  type Schema,
} from '@apollo/federation-internals';
import type { AudienceTags } from './audiences.ts';

/** A type, field, argument, enum value or input field of a supergraph. */
export interface SchemaElement {
  readonly coordinate: string;
  hasAppliedDirective(name: string): boolean;
  applyDirective(name: string): unknown;
  appliedDirectivesOf(name: string): readonly {
    arguments(): { readonly name?: unknown; readonly field?: unknown };
  }[];
}

/**
 * Hides elements by their tags, or missing tags. Fields of objects and interfaces inherit the tags of their type. With `include`, fields and
 * unions need an included tag; other elements need one only if they have tags.
 */
export function hideUntagged(
  schema: Schema,
  { include, exclude = [] }: AudienceTags,
  hidden: Set<SchemaElement>,
): void {
  const known = new Set<string>();
  const isHidden = (
    element: SchemaElement,
    { inherited = [], isOptIn = false }: TagRule = {},
  ): boolean => {
    const tags = [...tagsOf(element), ...inherited];
    for (const tag of tags) known.add(tag);
    const isIncluded =
      include === undefined ||
      tags.some((tag) => include.includes(tag)) ||
      (tags.length === 0 && !isOptIn);
    const isOut = !isIncluded || tags.some((tag) => exclude.includes(tag));
    if (isOut) hidden.add(element);
    return isOut || element.hasAppliedDirective('inaccessible');
  };
  const hideIfEmpty = (type: NamedType, parts: readonly SchemaElement[], rule?: TagRule) => {
    // Visits all parts: `isHidden` also hides them.
    if (parts.filter((part) => !isHidden(part, rule)).length === 0) hidden.add(type);
  };
  for (const type of ownTypes(schema)) {
    if (isObjectType(type) || isInterfaceType(type)) {
      const inherited = tagsOf(type);
      if (inherited.some((tag) => exclude.includes(tag))) hidden.add(type);
      hideIfEmpty(type, type.fields(), { inherited, isOptIn: true });
      for (const field of type.fields())
        for (const argument of field.arguments()) isHidden(argument);
    } else {
      isHidden(type, { isOptIn: isUnionType(type) });
      if (isEnumType(type)) hideIfEmpty(type, type.values);
      if (isInputObjectType(type)) hideIfEmpty(type, type.fields());
    }
  }
  for (const type of ownTypes(schema)) {
    if (isUnionType(type) && type.types().every((member) => hidden.has(member))) hidden.add(type);
  }
  checkTags([...(include ?? []), ...exclude], known);
  checkDefaults(schema, hidden);
}

/**
 * Hides input fields with `@accessOf` whose output field is hidden.
 * @param accessOf the names of `@accessOf` in the supergraph
 */
export function hideFollowing(
  schema: Schema,
  accessOf: readonly string[],
  hidden: Set<SchemaElement>,
): void {
  const names = new Set([...hidden].map(({ coordinate }) => coordinate));
  for (const type of ownTypes(schema)) {
    if (!isInputObjectType(type)) continue;
    for (const field of type.fields())
      for (const applied of accessOf.flatMap((name) => field.appliedDirectivesOf(name))) {
        const followed = String(applied.arguments()['field']);
        const [owner = ''] = followed.split('.');
        if (names.has(followed) || names.has(owner)) hidden.add(field);
      }
  }
}

interface TagRule {
  /** Tags of the parent. */
  readonly inherited?: readonly string[];
  /** Whether `include` hides an element without tags. */
  readonly isOptIn?: boolean;
}

const tagsOf = (element: SchemaElement): string[] =>
  element.appliedDirectivesOf('tag').map((directive) => String(directive.arguments().name));

function checkTags(wanted: readonly string[], known: ReadonlySet<string>): void {
  const unknown = wanted.filter((tag) => !known.has(tag));
  if (unknown.length > 0)
    throw new Error(`Nothing in the graph has the tag ${unknown.join(', ')}.`);
}

/** Embedded execution applies the defaults of hidden arguments, but not of hidden input fields. */
function checkDefaults(schema: Schema, hidden: ReadonlySet<SchemaElement>): void {
  for (const type of ownTypes(schema)) {
    if (!isInputObjectType(type) || hidden.has(type)) continue;
    const field = type.fields().find((one) => hidden.has(one) && one.defaultValue !== undefined);
    if (field !== undefined)
      throw new Error(`${field.coordinate} has a default, so it cannot be hidden.`);
  }
}

/** Hides unreachable types. */
export function hideUnreachable(schema: Schema, hidden: Set<SchemaElement>): void {
  const isVisible = (element: SchemaElement) =>
    !hidden.has(element) && !element.hasAppliedDirective('inaccessible');
  const reached = new Set<NamedType>();
  const follow = (type: NamedType): void => {
    if (reached.has(type) || !isVisible(type)) return;
    reached.add(type);
    for (const next of neighbours(type, isVisible)) follow(next);
  };
  for (const { type } of schema.schemaDefinition.roots()) follow(type);
  for (const type of ownTypes(schema)) if (!reached.has(type)) hidden.add(type);
}

function neighbours(type: NamedType, isVisible: (element: SchemaElement) => boolean): NamedType[] {
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = type.fields().filter(isVisible);
    const named = fields.flatMap((field) => [field, ...field.arguments().filter(isVisible)]);
    const objects = isInterfaceType(type) ? type.allImplementations() : [];
    return [
      ...named.flatMap((one) => one.type ?? []).map(baseType),
      ...type.interfaces(),
      ...objects,
    ];
  }
  if (isUnionType(type)) return type.types();
  return isInputObjectType(type)
    ? type
        .fields()
        .filter(isVisible)
        .flatMap((field) => field.type ?? [])
        .map(baseType)
    : [];
}

/** The types of the graph, without those of linked specifications. */
const ownTypes = (schema: Schema) =>
  schema.types().filter((type) => schema.coreFeatures?.sourceFeature(type) === undefined);
