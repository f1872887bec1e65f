import { type ConstDirectiveNode, type DocumentNode, Kind, parse, print, visit } from 'graphql';

/**
 * An SDL with a tag at each of some places.
 * @param places as `Type`, `Type.field`, `Type.field(argument:)` or `Enum.VALUE`
 */
export function tagged(sdl: string, tag: string, places: readonly string[]): string {
  const left = new Set(places);
  const at = <T extends { readonly directives?: readonly ConstDirectiveNode[] }>(
    place: string,
    node: T,
  ): T =>
    left.delete(place)
      ? { ...node, directives: [...(node.directives ?? []), tagDirective(tag)] }
      : node;
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: parse(sdl).definitions.map((type) => {
      if (!('name' in type)) return type;
      const name = type.name.value;
      const withParts = visit(type, {
        FieldDefinition: (field) => {
          const place = `${name}.${field.name.value}`;
          return at(place, {
            ...field,
            arguments: field.arguments?.map((one) => at(`${place}(${one.name.value}:)`, one)) ?? [],
          });
        },
        EnumValueDefinition: (value) => at(`${name}.${value.name.value}`, value),
        InputValueDefinition: (field) =>
          type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
            ? at(`${name}.${field.name.value}`, field)
            : undefined,
      });
      return at(
        name,
        withParts as typeof withParts & { readonly directives?: readonly ConstDirectiveNode[] },
      );
    }),
  };
  if (left.size > 0) throw new Error(`The SDL has no ${[...left].join(', ')}.`);
  return print(document);
}

const tagDirective = (name: string): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'tag' },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'name' },
      value: { kind: Kind.STRING, value: name },
    },
  ],
});
