import {
  buildASTSchema,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { fieldConditions } from '../access/fields/field-conditions.ts';
import { type Condition, readAccessRules } from '../supergraph/access-rules.ts';
import { buildApiDocument, buildFullDocument } from '../supergraph/api-document.ts';
import type { FieldSet } from '../supergraph/field-set.ts';
import { type JoinedType, readJoins } from '../supergraph/joins.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * Checks what services read without the access checks of their callers. A service receives the fields of a `@key` or `@requires` regardless
 * of its callers' permissions. Such fields must therefore be visible to clients, and a field made from protected fields must have the same
 * protection. A field that a service `@provides` replaces the owner's field, so it must be visible, too.
 * @param builtIn the names of the built-in subgraphs
 * @returns one sentence for each problem, with the name of the service in brackets
 */
export function unprotectedReads(whole: Supergraph, builtIn: readonly string[]): readonly string[] {
  const reads = new ServiceReads(whole, builtIn);
  return [
    ...new Set([...readJoins(whole.document).types.values()].flatMap((type) => reads.of(type))),
  ];
}

class ServiceReads {
  readonly #builtIn: readonly string[];
  readonly #full: GraphQLSchema;
  readonly #visible: GraphQLSchema;
  readonly #joins: ReturnType<typeof readJoins>;
  readonly #conditions: ReturnType<typeof fieldConditions>;

  constructor({ document }: Supergraph, builtIn: readonly string[]) {
    this.#builtIn = builtIn;
    this.#full = buildASTSchema(buildFullDocument(document), { assumeValidSDL: true });
    this.#visible = buildASTSchema(buildApiDocument(document), { assumeValidSDL: true });
    this.#joins = readJoins(document);
    this.#conditions = fieldConditions(this.#full, readAccessRules(document));
  }

  of(type: JoinedType): readonly string[] {
    const keys = [...type.keys].flatMap(([service, sets]) =>
      sets.flatMap((set) => this.#ofKey(type, service, set)),
    );
    const fields = [...type.fields].flatMap(([field, { requires, provides }]) => {
      const coordinate = `${type.name}.${field}`;
      const target = this.#targetOf(type.name, field);
      return [
        ...this.#ofServices(requires, (service, set) => [
          ...this.#hidden(service, `${coordinate} must not require`, type.name, set),
          ...this.#unprotected(service, type.name, [field], set),
        ]),
        ...this.#ofServices(provides, (service, set) =>
          this.#hidden(service, `${coordinate} must not provide`, target, set),
        ),
      ];
    });
    return [...keys, ...fields];
  }

  #ofKey(type: JoinedType, service: string, set: FieldSet): readonly string[] {
    if (this.#builtIn.includes(service)) return [];
    const isOfService = ([, { owners }]: readonly [
      string,
      { readonly owners: readonly string[] },
    ]) => owners.includes(service) && !owners.some((owner) => this.#builtIn.includes(owner));
    const fields = [...type.fields].filter(isOfService).map(([field]) => field);
    return [
      ...this.#hidden(service, `${type.name} must not have the key`, type.name, set),
      ...this.#unprotected(service, type.name, fields, set),
    ];
  }

  #ofServices(
    sets: ReadonlyMap<string, FieldSet>,
    check: (service: string, set: FieldSet) => readonly string[],
  ): readonly string[] {
    return [...sets].flatMap(([service, set]) =>
      this.#builtIn.includes(service) ? [] : check(service, set),
    );
  }

  #hidden(service: string, must: string, type: string, set: FieldSet): readonly string[] {
    const hidden = [...this.#fieldsIn(type, set)].find((one) => this.#isHidden(one));
    return hidden === undefined
      ? []
      : [`[${service}] ${must} ${hidden.type}.${hidden.field}, which is hidden from clients.`];
  }

  /** @param fields fields of the type that the service resolves from the set */
  #unprotected(
    service: string,
    type: string,
    fields: readonly string[],
    set: FieldSet,
  ): readonly string[] {
    const needs = [...this.#fieldsIn(type, set)].filter((one) => !this.#isHidden(one));
    return fields.flatMap((field) => {
      const conditions = this.#conditionsOf({ type, field });
      const missing = needs.find((need) =>
        this.#conditionsOf(need).some(
          (condition) => !conditions.some((one) => implies(one, condition)),
        ),
      );
      return missing === undefined || (missing.type === type && missing.field === field)
        ? []
        : [
            `[${service}] ${type}.${field} is made of ${missing.type}.${missing.field}, so it must require no less: add ${this.#conditionsOf(missing).map(directiveOf).join(' ')} to it.`,
          ];
    });
  }

  #isHidden({ type, field }: ReadField): boolean {
    const owners = this.#joins.types.get(type)?.fields.get(field)?.owners ?? [];
    return (
      fieldsOf(this.#visible.getType(type))[field] === undefined &&
      owners.some((owner) => this.#builtIn.includes(owner))
    );
  }

  #conditionsOf({ type, field }: ReadField): readonly Condition[] {
    const named = this.#full.getType(type);
    return named === undefined ? [] : this.#conditions.of(named, field);
  }

  *#fieldsIn(type: string, { selections }: SelectionSetNode): Iterable<ReadField> {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      const isField = selection.kind === Kind.FIELD;
      if (isField)
        for (const one of this.#behind(type)) yield { type: one, field: selection.name.value };
      const below = isField
        ? this.#targetOf(type, selection.name.value)
        : (selection.typeCondition?.name.value ?? type);
      if (selection.selectionSet !== undefined)
        yield* this.#fieldsIn(below, selection.selectionSet);
    }
  }

  /** The type, or an interface and the types that implement it. */
  #behind(name: string): readonly string[] {
    const type = this.#full.getType(name);
    return isInterfaceType(type)
      ? [name, ...this.#full.getPossibleTypes(type).map((one) => one.name)]
      : [name];
  }

  #targetOf(type: string, field: string): string {
    const definition = fieldsOf(this.#full.getType(type))[field];
    return definition === undefined ? '' : getNamedType(definition.type).name;
  }
}

interface ReadField {
  readonly type: string;
  readonly field: string;
}

/** Whether a caller that meets the first condition always meets the second. */
function implies(one: Condition, other: Condition): boolean {
  if (one.kind === 'authenticated' || other.kind === 'authenticated')
    return one.kind === other.kind;
  return (
    one.kind === other.kind &&
    one.anyOf.every((line) =>
      other.anyOf.some((least) => least.every((name) => line.includes(name))),
    )
  );
}

const directiveOf = (condition: Condition): string =>
  condition.kind === 'authenticated'
    ? '@authenticated'
    : condition.kind === 'scopes'
      ? `@requiresScopes(scopes: ${JSON.stringify(condition.anyOf)})`
      : `@policy(policies: ${JSON.stringify(condition.anyOf)})`;

const fieldsOf = (type: GraphQLNamedType | undefined) =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
