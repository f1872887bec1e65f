import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isRequiredArgument,
  isUnionType,
  parse,
  parseValue,
  validate,
  valueFromASTUntyped,
} from 'graphql';

/** Gives GraphQL literals to choose from for an argument, named `Type.field(argument:)`; undefined leaves an optional one out. */
export type Literals = (
  coordinate: string,
  argument: GraphQLArgument,
) => readonly string[] | undefined;

export interface RandomOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Makes operations with fragments, aliases, arguments, and conditions by variables; the same for the same seed. */
export class OperationGenerator {
  readonly #schema: GraphQLSchema;
  readonly #literals: Literals;
  readonly #random: () => number;
  readonly #sharesNames: boolean;
  #fragments: string[] = [];
  /** How many aliases each field has so far. */
  #aliases = new Map<string, number>();
  #declared: string[] = [];
  #values: Record<string, unknown> = {};

  /** @param sharesNames whether fragments on different object types use the same names for fields with different arguments */
  constructor(schema: GraphQLSchema, literals: Literals, seed: number, sharesNames = false) {
    this.#sharesNames = sharesNames;
    this.#schema = schema;
    this.#literals = literals;
    this.#random = mulberry32(seed);
  }

  /** The next one that is valid. */
  next(maxDepth = 6): RandomOperation {
    for (;;) {
      const operation = this.#next(maxDepth);
      if (validate(this.#schema, parse(operation.query)).length === 0) return operation;
    }
  }

  /** The next subscription that is valid: of one root field, which no condition is about. */
  nextSubscription(maxDepth = 6): RandomOperation & { readonly field: string } {
    for (;;) {
      const operation = this.#nextSubscription(maxDepth);
      if (validate(this.#schema, parse(operation.query)).length === 0) return operation;
    }
  }

  #nextSubscription(maxDepth: number) {
    this.#begin();
    const subscription = this.#schema.getSubscriptionType();
    const [field] =
      subscription == null ? [] : this.#pick(Object.values(subscription.getFields()), 1);
    const payload = field && getNamedType(field.type);
    if (field === undefined || !isCompositeType(payload))
      throw new Error('the schema has no subscriptions');
    const marker = 'marker: __typename @include(if: $yes) @skip(if: $no)';
    const selection = `{ ${marker} ${this.#selection(payload, maxDepth, 3)} }`;
    const alias = this.#chance(0.3) ? 'changed: ' : '';
    const root = `${alias}${field.name} ${selection}`;
    const isSpread = this.#chance(0.3);
    if (isSpread) this.#fragments.push(`fragment Root on Subscription { ${root} }`);
    return {
      field: field.name,
      query: [
        `subscription Random(${this.#declared.join(', ')}) { ${isSpread ? '...Root' : root} }`,
        ...this.#fragments,
      ].join('\n'),
      variables: this.#values,
    };
  }

  #begin(): void {
    this.#fragments = [];
    this.#aliases = new Map();
    this.#declared = ['$yes: Boolean! = true', '$no: Boolean!'];
    this.#values = { yes: this.#chance(0.8), no: this.#chance(0.2) };
  }

  #next(maxDepth: number): RandomOperation {
    this.#begin();
    const query = this.#schema.getQueryType();
    if (query == null) throw new Error('the schema has no queries');
    const selection = this.#selection(query, maxDepth, 2);
    return {
      query: [
        `query Random(${this.#declared.join(', ')}) { marker: __typename @include(if: $yes) @skip(if: $no) ${selection} }`,
        ...this.#fragments,
      ].join('\n'),
      variables: this.#values,
    };
  }

  #selection(type: GraphQLCompositeType, depth: number, width: number): string {
    const fields = isUnionType(type)
      ? []
      : Object.values(type.getFields()).filter(
          (field) => depth > 1 || !isCompositeType(getNamedType(field.type)),
        );
    const picked = this.#pick(fields, width + Math.floor(this.#random() * 3));
    const parts = picked.map((field) => this.#field(type, field, depth));
    if (isAbstractType(type)) {
      parts.push(
        ...this.#branches(this.#pick(this.#schema.getPossibleTypes(type), 2), depth, width),
      );
    } else if (depth > 1 && this.#chance(0.2)) {
      parts.push(`...${this.#condition()} { ${this.#selection(type, depth - 1, 1)} }`);
    } else if (depth > 1 && this.#chance(0.2)) {
      parts.push(`...${this.#fragment(type, depth - 1)}${this.#condition()}`);
    }
    return ['__typename', ...parts].join(' ');
  }

  /** Fragments on object types. They may share names: no object is of two such types. */
  #branches(types: readonly GraphQLCompositeType[], depth: number, width: number): string[] {
    const before = this.#aliases;
    const after = new Map(before);
    const branches = types.map((type) => {
      if (this.#sharesNames) this.#aliases = new Map(before);
      const branch = `... on ${type.name} { ${this.#selection(type, depth - 1, width)} }`;
      for (const [name, count] of this.#aliases)
        after.set(name, Math.max(count, after.get(name) ?? 0));
      return branch;
    });
    this.#aliases = after;
    return branches;
  }

  #field(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number): string {
    // Each field its own alias: equal names with other arguments would not merge.
    const alias = field.args.length > 0 || this.#chance(0.15) ? this.#alias(field) : '';
    const args = field.args.flatMap((argument) =>
      this.#argument(`${type.name}.${field.name}(${argument.name}:)`, argument),
    );
    const target = getNamedType(field.type);
    const selection = isCompositeType(target)
      ? ` { ${this.#selection(target, depth - 1, 2)} }`
      : '';
    // A field that appears twice under one name must be the same in both places, conditions aside.
    const name =
      alias === '' && isCompositeType(target)
        ? `${this.#alias(field)}${field.name}`
        : `${alias}${field.name}`;
    return `${name}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.#condition()}${selection}`;
  }

  /** With the field's name in it: a name that two branches use must be of fields of one type. */
  #alias({ name }: GraphQLField<unknown, unknown>): string {
    const count = (this.#aliases.get(name) ?? 0) + 1;
    this.#aliases.set(name, count);
    return `${name}${String(count)}: `;
  }

  #argument(coordinate: string, argument: GraphQLArgument): string[] {
    const literals = this.#literals(coordinate, argument);
    if (literals === undefined) {
      if (isRequiredArgument(argument)) throw new Error(`no literals for ${coordinate}`);
      return [];
    }
    if (!isRequiredArgument(argument) && this.#chance(0.4)) return [];
    const literal = literals[Math.floor(this.#random() * literals.length)] ?? 'null';
    return [`${argument.name}: ${this.#chance(0.3) ? this.#variable(argument, literal) : literal}`];
  }

  /** A variable with the literal's value, which it is given or has by default. */
  #variable({ type }: GraphQLArgument, literal: string): string {
    const name = `v${String(this.#declared.length)}`;
    const hasDefault = literal !== 'null' && this.#chance(0.5);
    this.#declared.push(`$${name}: ${type.toString()}${hasDefault ? ` = ${literal}` : ''}`);
    if (!hasDefault) this.#values[name] = valueFromASTUntyped(parseValue(literal));
    return `$${name}`;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const selection = this.#selection(type, depth, 1);
    const name = `F${String(this.#fragments.length)}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${selection} }`);
    return name;
  }

  #condition(): string {
    if (!this.#chance(0.15)) return '';
    return (
      [' @include(if: $yes)', ' @skip(if: $no)', ' @skip(if: true)', ' @include(if: $no)'][
        Math.floor(this.#random() * 4)
      ] ?? ''
    );
  }

  #pick<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    const picked: T[] = [];
    while (picked.length < count && left.length > 0)
      picked.push(...left.splice(Math.floor(this.#random() * left.length), 1));
    return picked;
  }

  #chance = (probability: number) => this.#random() < probability;
}

/** A small generator of numbers from 0 to 1, the same for the same seed. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
