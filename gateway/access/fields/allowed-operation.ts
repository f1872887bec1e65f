import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import type { Condition } from '../../supergraph/access-rules.ts';
import type { FieldConditions } from './field-conditions.ts';

/** The part of an operation that the caller can run. */
export interface AllowedOperation {
  /** Undefined if no field is left. */
  readonly document: DocumentNode | undefined;
  readonly operation: OperationDefinitionNode;
  /** The removed fields. */
  readonly refused: ReadonlyMap<FieldNode, RefusedField>;
  /** The alias of `__typename` for objects of interfaces and unions. It differs from all of the client's names. */
  readonly typeName: string;
}

/** Why a field is removed. */
export interface RefusedField {
  /** The condition that the caller does not meet. */
  readonly condition: Condition;
  /** The input field that has the condition. @default the field itself has it */
  readonly argument?: string;
}

/**
 * Removes fields from an operation that its caller cannot see, and fields without remaining subfields, so that no vendor is called for
 * them. A field of a mutation stays, because it has an effect.
 */
export function allowedOperation(
  { operation, fragments }: OperationWithoutConditions,
  unmet: ReadonlySet<Condition>,
  {
    schema,
    conditions,
    inputs,
  }: Pick<AllowedSelectionsOptions, 'schema' | 'conditions' | 'inputs'>,
): AllowedOperation {
  const root = schema.getRootType(operation.operation);
  if (root == null)
    throw new TypeError(`The schema was expected to have a ${operation.operation}.`);
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const mutation = isMutation ? root : undefined;
  const typeName = freeName([operation, ...fragments.values()]);
  const filter = new AllowedSelections({
    schema,
    conditions,
    inputs,
    unmet,
    fragments,
    mutation,
    typeName,
  });
  const rest = unlessEmpty({
    ...operation,
    selectionSet: filter.allow(operation.selectionSet, root, isMutation),
  });
  return {
    document: rest && { kind: Kind.DOCUMENT, definitions: [rest, ...filter.fragments()] },
    operation: rest ?? operation,
    refused: filter.refused,
    typeName,
  };
}

/** A response name that the definitions do not use. */
function freeName(definitions: readonly ASTNode[]): string {
  const taken = new Set<string>();
  for (const definition of definitions)
    visit(definition, { Field: ({ alias, name }) => void taken.add((alias ?? name).value) });
  let free = '_typeOfObject';
  for (let number = 1; taken.has(free); number += 1) free = `_typeOfObject${String(number)}`;
  return free;
}

interface AllowedSelectionsOptions {
  readonly schema: GraphQLSchema;
  readonly conditions: FieldConditions;
  /** The fields whose arguments the caller cannot use. */
  readonly inputs: ReadonlyMap<FieldNode, RefusedField>;
  /** The conditions that the caller does not meet. */
  readonly unmet: ReadonlySet<Condition>;
  readonly fragments: OperationWithoutConditions['fragments'];
  /** The root type of a mutation; undefined for other operations. */
  readonly mutation: GraphQLNamedType | undefined;
  readonly typeName: string;
}

/** Filters the selections of one operation. */
class AllowedSelections {
  readonly refused = new Map<FieldNode, RefusedField>();
  readonly #options: AllowedSelectionsOptions;
  readonly #fragments = new Map<string, FragmentDefinitionNode | undefined>();
  readonly #typeSelection: FieldNode;

  constructor(options: AllowedSelectionsOptions) {
    this.#options = options;
    this.#typeSelection = {
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: options.typeName },
      name: { kind: Kind.NAME, value: '__typename' },
    };
  }

  /** @param isChange whether they are the root selections of a mutation */
  allow(
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType,
    isChange = false,
  ): SelectionSetNode {
    const left = selections.flatMap(
      (selection) => this.#allowSelection(selection, parent, isChange) ?? [],
    );
    return { kind: Kind.SELECTION_SET, selections: left };
  }

  /** The used fragments, filtered. */
  fragments(): FragmentDefinitionNode[] {
    return [...this.#fragments.values()].filter((fragment) => fragment !== undefined);
  }

  #allowSelection(
    selection: SelectionNode,
    parent: GraphQLNamedType,
    isChange: boolean,
  ): SelectionNode | undefined {
    if (selection.kind === Kind.FIELD) return this.#allowField(selection, parent, isChange);
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return this.#allowFragment(selection.name.value) && selection;
    const { schema } = this.#options;
    const type = schema.getType(selection.typeCondition?.name.value ?? parent.name) ?? parent;
    return unlessEmpty({
      ...selection,
      selectionSet: this.allow(selection.selectionSet, type, isChange),
    });
  }

  #allowField(
    field: FieldNode,
    parent: GraphQLNamedType,
    isChange: boolean,
  ): FieldNode | undefined {
    const { conditions, inputs, unmet, fragments } = this.#options;
    const condition = conditions.of(parent, field.name.value).find((one) => unmet.has(one));
    const refused = condition === undefined ? inputs.get(field) : { condition };
    if (refused !== undefined) {
      this.refused.set(field, refused);
      return undefined;
    }
    const type = targetOf(parent, field.name.value);
    if (field.selectionSet === undefined || type === undefined) return field;
    const { selections } = this.allow(field.selectionSet, type);
    const below = firstRefused(field.selectionSet, fragments, this.refused);
    if (selections.length === 0 && below !== undefined && !isChange) {
      this.refused.set(field, { condition: below });
      return undefined;
    }
    const isTypeOpen = selections.length === 0 || isAbstractType(type);
    return {
      ...field,
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: isTypeOpen ? [...selections, this.#typeSelection] : selections,
      },
    };
  }

  #allowFragment(name: string): FragmentDefinitionNode | undefined {
    const { schema, fragments, mutation } = this.#options;
    const fragment = fragments.get(name);
    if (fragment === undefined || this.#fragments.has(name)) return this.#fragments.get(name);
    const type = schema.getType(fragment.typeCondition.name.value);
    const isRoot = type !== undefined && type === mutation;
    const selectionSet = type && this.allow(fragment.selectionSet, type, isRoot);
    const left = selectionSet && unlessEmpty({ ...fragment, selectionSet });
    this.#fragments.set(name, left);
    return left;
  }
}

const unlessEmpty = <Node extends { readonly selectionSet: SelectionSetNode }>(
  node: Node,
): Node | undefined => (node.selectionSet.selections.length === 0 ? undefined : node);

function targetOf(parent: GraphQLNamedType, field: string): GraphQLCompositeType | undefined {
  const definition =
    isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
  const type = definition && getNamedType(definition.type);
  return isCompositeType(type) ? type : undefined;
}

/** The unmet condition of the first removed field in a selection set. */
function firstRefused(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  refused: ReadonlyMap<FieldNode, RefusedField>,
): Condition | undefined {
  for (const selection of selections) {
    const set =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragments.get(selection.name.value)?.selectionSet
        : selection.selectionSet;
    const condition =
      selection.kind === Kind.FIELD
        ? refused.get(selection)?.condition
        : set === undefined
          ? undefined
          : firstRefused(set, fragments, refused);
    if (condition !== undefined) return condition;
  }
  return undefined;
}
