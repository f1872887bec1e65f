import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isListType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import type { Variables } from '../../operation/prepared-operation.ts';
import type { AccessRules, Condition } from '../../supergraph/access-rules.ts';
import type { RefusedField } from './allowed-operation.ts';

type Field = GraphQLField<unknown, unknown>;

/** A field whose arguments can have conditions. */
interface GuardedField {
  readonly node: FieldNode;
  readonly definition: Field;
}

/** The conditions of input fields: a filter on a field reveals its values, and a write sets them. */
export class InputConditions {
  readonly #rules: AccessRules;
  readonly #possible = new Map<string, readonly Condition[]>();

  constructor(schema: GraphQLSchema, rules: AccessRules) {
    this.#rules = rules;
    for (const type of Object.values(schema.getTypeMap()))
      if (isInputObjectType(type)) this.#possible.set(type.name, this.#within(type, new Set()));
  }

  /** All conditions that arguments of a field can have, for any values. */
  possible(definition: Field): readonly Condition[] {
    return definition.args.flatMap(({ type }) => this.#possible.get(getNamedType(type).name) ?? []);
  }

  /** The fields of an operation whose arguments can have conditions. */
  guardedFields(
    schema: GraphQLSchema,
    { operation, fragments }: OperationWithoutConditions,
  ): readonly GuardedField[] {
    const types = new TypeInfo(schema);
    const found: GuardedField[] = [];
    const visitor = visitWithTypeInfo(types, {
      Field: (node) => {
        const definition = types.getFieldDef();
        if (definition != null && this.possible(definition).length > 0)
          found.push({ node, definition });
      },
    });
    for (const definition of [operation, ...fragments.values()]) visit(definition, visitor);
    return found;
  }

  /** The first input field in the arguments with an unmet condition. @param variables coerced variables */
  refused(
    { node, definition }: GuardedField,
    unmet: ReadonlySet<Condition>,
    variables: Variables,
  ): Required<RefusedField> | undefined {
    const values = getArgumentValues(definition, node, variables);
    for (const { name, type } of definition.args) {
      const found = this.#find(values[name], type, name, unmet);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #within(type: GraphQLInputType, seen: Set<string>): readonly Condition[] {
    const named = getNamedType(type);
    if (!isInputObjectType(named) || seen.has(named.name)) return [];
    seen.add(named.name);
    return Object.values(named.getFields()).flatMap((field) => [
      ...this.#rules.ofInputField(named.name, field.name),
      ...this.#within(field.type, seen),
    ]);
  }

  #find(
    value: unknown,
    type: GraphQLInputType,
    place: string,
    unmet: ReadonlySet<Condition>,
  ): Required<RefusedField> | undefined {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      for (const item of Array.isArray(value) ? (value as readonly unknown[]) : []) {
        const found = this.#find(item, nullable.ofType, place, unmet);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null)
      return undefined;
    if ((this.#possible.get(nullable.name) ?? []).length === 0) return undefined;
    for (const [name, field] of Object.entries(nullable.getFields())) {
      const fieldValue = Object.hasOwn(value, name)
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined;
      if (fieldValue === undefined) continue;
      const argument = `${place}.${name}`;
      const condition = this.#rules.ofInputField(nullable.name, name).find((one) => unmet.has(one));
      const found =
        condition === undefined
          ? this.#find(fieldValue, field.type, argument, unmet)
          : { condition, argument };
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
