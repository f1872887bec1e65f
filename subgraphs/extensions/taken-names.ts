import { type DocumentNode, isTypeDefinitionNode, isTypeExtensionNode, parse } from 'graphql';

/** Names of types and fields that a custom-fields file cannot use: those of the graph, and those that the file has added. */
export class TakenNames {
  readonly #types = new Set(RESERVED);
  readonly #fields = new Map<string, Set<string>>();

  add(document: DocumentNode): void {
    for (const definition of document.definitions) {
      if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
      this.#types.add(definition.name.value);
      for (const { name } of 'fields' in definition ? (definition.fields ?? []) : [])
        this.takeField(definition.name.value, name.value);
    }
  }

  hasType(name: string): boolean {
    return this.#types.has(name);
  }

  /** @returns whether it was free */
  takeType(name: string): boolean {
    const isFree = !this.#types.has(name);
    this.#types.add(name);
    return isFree;
  }

  fieldsOf(type: string): Iterable<string> {
    return this.#fields.get(type) ?? [];
  }

  hasField(type: string, name: string): boolean {
    return this.#fields.get(type)?.has(name) === true;
  }

  /** @returns whether it was free */
  takeField(type: string, name: string): boolean {
    const known = this.#fields.get(type) ?? new Set();
    const isFree = !known.has(name);
    this.#fields.set(type, known.add(name));
    return isFree;
  }
}

/** The names in the SDL of a subgraph and of others that it will be composed with. */
export function takenNames(sdls: readonly string[]): TakenNames {
  const names = new TakenNames();
  for (const sdl of sdls) names.add(parse(sdl, { noLocation: true }));
  return names;
}

/** Reserved by GraphQL and Federation. */
const RESERVED = [
  'String',
  'Int',
  'Float',
  'Boolean',
  'ID',
  'Query',
  'Mutation',
  'Subscription',
  'FieldSet',
  'Scope',
  'Policy',
];
