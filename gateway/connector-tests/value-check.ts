import { type DocumentNode, Kind, type TypeNode } from 'graphql';
import type { Connector } from '../../subgraphs/connect/connector-file.ts';
import {
  namedType,
  type ObjectTypes,
  readEnums,
  readObjectTypes,
} from '../../subgraphs/connect/object-types.ts';
import { isList, isObject, type Value } from '../../subgraphs/connect/mapping/values.ts';

/** Compares the value of a selection with the types of the SDL. */
export class ValueCheck {
  readonly #types: ObjectTypes;
  readonly #enums: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(document: DocumentNode) {
    this.#types = readObjectTypes(document);
    this.#enums = readEnums(document);
  }

  /** @returns values that do not fit: one distinct sentence each */
  check({ type, field, batchSize }: Connector, value: Value): readonly string[] {
    const found = new Set<string>();
    const declared = field === undefined ? undefined : this.#types.get(type)?.get(field)?.type;
    if (declared !== undefined) this.#visit(value, declared, `${type}.${field ?? ''}`, found);
    else
      for (const one of batchSize !== undefined && isList(value) ? value : [value])
        this.#object(one, type, found);
    return [...found];
  }

  #visit(value: Value, type: TypeNode, place: string, found: Set<string>): void {
    if (type.kind === Kind.NON_NULL_TYPE) {
      if (value === null) found.add(`${place} is null, but its type does not allow it`);
      else this.#visit(value, type.type, place, found);
    } else if (value === null) return;
    else if (type.kind === Kind.LIST_TYPE) {
      if (isList(value)) for (const item of value) this.#visit(item, type.type, place, found);
      else found.add(`${place} is no list`);
    } else if (isList(value)) found.add(`${place} is a list, but its type is ${namedType(type)}`);
    else if (this.#types.has(type.name.value)) this.#object(value, type.name.value, found);
    else {
      const values = this.#enums.get(type.name.value);
      // An enum with UNKNOWN accepts any value.
      if (values?.has('UNKNOWN') === false && !(typeof value === 'string' && values.has(value)))
        found.add(`${place} is ${JSON.stringify(value)}, which ${type.name.value} does not have`);
    }
  }

  #object(value: Value, type: string, found: Set<string>): void {
    if (!isObject(value)) return;
    for (const [name, one] of Object.entries(value)) {
      const field = this.#types.get(type)?.get(name);
      if (field !== undefined) this.#visit(one, field.type, `${type}.${name}`, found);
    }
  }
}
