import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { argumentsOfEach, distinctDirectives } from '../supergraph/directives.ts';
import { Links } from '../supergraph/links.ts';
import { readElements } from './schema-elements.ts';

type ComplexType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Finds elements of the built-in subgraphs to which a service adds tags: each tag puts them into an audience.
 * @returns one sentence for each
 */
export function changedTags(embedded: DocumentNode, whole: DocumentNode): readonly string[] {
  const [before, after] = [tagsByPlace(embedded), tagsByPlace(whole)];
  return [...before].flatMap(([place, tags]) => {
    const added = [...(after.get(place) ?? [])].filter((tag) => !tags.has(tag));
    return added.length === 0
      ? []
      : [
          `A service must not change the audiences of ${place}: remove @tag with ${added.map((tag) => `"${tag}"`).join(', ')} from it.`,
        ];
  });
}

/**
 * Moves the tags of a type to the built-in fields of that type. A service's field then needs its own tag, and partners do not see a new
 * field by mistake.
 */
export function withoutInheritedTags(embedded: DocumentNode, whole: DocumentNode): DocumentNode {
  const ours = new Map(
    embedded.definitions
      .filter(isComplexType)
      .map(({ name, fields = [] }) => [
        name.value,
        new Set(fields.map((field) => field.name.value)),
      ]),
  );
  const names = tagNames(whole);
  const isTag = ({ name }: ConstDirectiveNode) => names.includes(name.value);
  const definitions = whole.definitions.map((definition) => {
    if (!isComplexType(definition)) return definition;
    const { name, fields = [], directives = [] } = definition;
    const known = ours.get(name.value);
    if (known === undefined || fields.every((field) => known.has(field.name.value)))
      return definition;
    const tags = directives.filter(isTag);
    return {
      ...definition,
      directives: directives.filter((directive) => !isTag(directive)),
      fields: fields.map((field) =>
        known.has(field.name.value)
          ? { ...field, directives: distinctDirectives([...(field.directives ?? []), ...tags]) }
          : field,
      ),
    };
  });
  return { ...whole, definitions };
}

const isComplexType = (node: DocumentNode['definitions'][number]): node is ComplexType =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;

const tagNames = (document: DocumentNode) => new Links(document).namesOf('@tag', 'tag');

const tagsByPlace = (document: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> => {
  const names = tagNames(document);
  return new Map(
    [...readElements(document)].map(([coordinate, element]) => [
      coordinate,
      new Set(argumentsOfEach<{ readonly name: string }>(element, names).map(({ name }) => name)),
    ]),
  );
};
