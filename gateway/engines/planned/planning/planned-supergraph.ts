import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  type SelectionNode,
  type TypeNode,
  valueFromASTUntyped,
} from 'graphql';
import { parseFieldSet, printFieldSet } from '../../../supergraph/field-set.ts';
import { type Joins, readJoins } from '../../../supergraph/joins.ts';
import { Links } from '../../../supergraph/links.ts';

/** A supergraph for the planner, and the changes to undo in its plans. */
export interface PlannedSupergraph {
  readonly document: DocumentNode;
  readonly joins: Joins;
  /** Required fields with arguments, by the name of their stand-in. */
  readonly standIns: ReadonlyMap<string, FieldNode>;
  /** The stand-ins that a field requires, by `Type.field`. */
  readonly standInsOf: ReadonlyMap<string, ReadonlySet<string>>;
}

type ComplexType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/**
 * Changes a supergraph so that Apollo's planner makes no plans with silently wrong data:
 * - It merges a required field with the same field of the client, or of another `@requires`, and ignores their arguments.
 *   Each required field with arguments therefore gets a stand-in: an additional field without arguments.
 * - It enters an entity's own subgraph again by the first key, even one with `resolvable: false`. Those keys are therefore last.
 */
export function planSupergraph(document: DocumentNode): PlannedSupergraph {
  const types = new Map(
    document.definitions
      .filter(isComplexType)
      .map((type) => [type.name.value, { ...type, fields: [...(type.fields ?? [])] }]),
  );
  const standIns = new StandIns(types, new Links(document).namesOf('@field', 'join'));
  for (const type of types.values())
    type.fields = type.fields.map((field) => standIns.replaceIn(type, field));
  standIns.addFields();
  const definitions = document.definitions.map((definition): DefinitionNode => {
    const type = isComplexType(definition) ? types.get(definition.name.value) : undefined;
    return type === undefined
      ? definition
      : { ...type, directives: resolvableKeysFirst(type.directives ?? []) };
  });
  const changed = { ...document, definitions };
  return {
    document: changed,
    joins: readJoins(changed),
    standIns: standIns.byName,
    standInsOf: standIns.ofField,
  };
}

const isComplexType = (node: DefinitionNode): node is ComplexType =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;

type OpenType = ComplexType & { fields: FieldDefinitionNode[] };

class StandIns {
  readonly byName = new Map<string, FieldNode>();
  readonly ofField = new Map<string, ReadonlySet<string>>();
  readonly #types: ReadonlyMap<string, OpenType>;
  readonly #joins: readonly string[];
  readonly #names = new Map<string, string>();
  /** Field names of the supergraph. */
  readonly #taken: ReadonlySet<string>;
  readonly #added: { readonly type: string; readonly field: string; readonly name: string }[] = [];

  /** @param joins the names of the `@join__field` directive in this supergraph */
  constructor(types: ReadonlyMap<string, OpenType>, joins: readonly string[]) {
    this.#types = types;
    this.#joins = joins;
    this.#taken = new Set(
      [...types.values()].flatMap(({ fields }) => fields.map(({ name }) => name.value)),
    );
  }

  /** Replaces required fields with arguments by stand-ins. */
  replaceIn(type: OpenType, field: FieldDefinitionNode): FieldDefinitionNode {
    const used = new Set<string>();
    const directives = field.directives?.map((directive) =>
      this.#replaceInDirective(type.name.value, directive, used),
    );
    if (used.size === 0) return field;
    this.ofField.set(`${type.name.value}.${field.name.value}`, used);
    return { ...field, directives: directives ?? [] };
  }

  /** Adds the stand-ins to the types of the real fields, in the same subgraphs and with the same requirements. */
  addFields(): void {
    for (const { type, field, name } of this.#added) {
      for (const one of this.#types.values()) {
        const isOne =
          one.name.value === type ||
          one.interfaces?.some((implemented) => implemented.name.value === type);
        const original = isOne && one.fields.find((candidate) => candidate.name.value === field);
        if (!original || one.fields.some((candidate) => candidate.name.value === name)) continue;
        one.fields.push({ ...original, name: { kind: Kind.NAME, value: name }, arguments: [] });
      }
    }
  }

  #replaceInDirective(
    type: string,
    directive: ConstDirectiveNode,
    used: Set<string>,
  ): ConstDirectiveNode {
    if (!this.#joins.includes(directive.name.value)) return directive;
    const args = directive.arguments?.map((argument) => {
      if (argument.name.value !== 'requires') return argument;
      const { selections } = parseFieldSet(String(valueFromASTUntyped(argument.value)));
      const replaced = printFieldSet({
        kind: Kind.SELECTION_SET,
        selections: this.#replaceInSelections(type, selections, used),
      });
      return { ...argument, value: { kind: Kind.STRING, value: replaced } as const };
    });
    return { ...directive, arguments: args ?? [] };
  }

  #replaceInSelections(
    type: string,
    selections: readonly SelectionNode[],
    used: Set<string>,
  ): SelectionNode[] {
    return selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      const target =
        selection.kind === Kind.FIELD
          ? this.#typeOf(type, selection.name.value)
          : (selection.typeCondition?.name.value ?? type);
      const below = selection.selectionSet && {
        ...selection.selectionSet,
        selections: this.#replaceInSelections(target, selection.selectionSet.selections, used),
      };
      const selectionSet = below && { selectionSet: below };
      if (selection.kind === Kind.INLINE_FRAGMENT) return { ...selection, ...selectionSet };
      const field: FieldNode = { ...selection, ...selectionSet };
      return this.#takesArguments(type, field) ? this.#standInFor(type, field, used) : field;
    });
  }

  #standInFor(type: string, field: FieldNode, used: Set<string>): FieldNode {
    const original: FieldNode = {
      kind: Kind.FIELD,
      name: field.name,
      arguments: field.arguments ?? [],
    };
    const key = `${type}.${print(original)}`;
    const name = this.#names.get(key) ?? this.#freeName(field.name.value);
    if (!this.#names.has(key)) {
      this.#names.set(key, name);
      this.byName.set(name, original);
      this.#added.push({ type, field: field.name.value, name });
    }
    used.add(name);
    return { ...field, name: { kind: Kind.NAME, value: name }, arguments: [] };
  }

  #freeName(field: string): string {
    let number = this.byName.size;
    const name = () => `_required_${String(number)}_${field}`;
    while (this.#taken.has(name()) || this.byName.has(name())) number += 1;
    return name();
  }

  #takesArguments = (type: string, field: FieldNode) =>
    (this.#field(type, field.name.value)?.arguments?.length ?? 0) > 0;

  #typeOf(type: string, field: string): string {
    const definition = this.#field(type, field);
    return definition === undefined ? '' : nameOf(definition.type);
  }

  #field = (type: string, field: string) =>
    this.#types.get(type)?.fields.find(({ name }) => name.value === field);
}

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);

/** A stable sort: resolvable keys first. */
const resolvableKeysFirst = (directives: readonly ConstDirectiveNode[]) =>
  [...directives].sort((one, other) => Number(isUnresolvable(one)) - Number(isUnresolvable(other)));

const isUnresolvable = ({ arguments: args = [] }: ConstDirectiveNode) =>
  args.some(
    ({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
  );
