import {
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  print,
  type TypeNode,
} from 'graphql';
import {
  type CustomCondition,
  type CustomFieldDefinition,
  type CustomKind,
  UNKNOWN,
} from './custom-fields.ts';
import type { CustomInput, CustomInputField } from './extension-inputs.ts';

/** `@accessOf`: an input field requires the same access as its output field. The gateway recognizes it by this URL. */
const ACCESS_OF = 'https://specs.tributary.example/accessOf';

/** The input fields that are generated from custom fields with `filter` and `write`. */
export class ExtensionInputs {
  /** Field names by input type: the subgraph's and the added ones. */
  readonly #known = new Map<string, Set<string>>();
  readonly #added = new Map<string, CustomInput>();
  readonly #sdl = new Map<string, string[]>();
  /** Descriptions of input types that the subgraph lacks. */
  readonly #newInputs: () => ReadonlyMap<string, string>;

  /** @param newInputs returns the descriptions of further input types */
  constructor(base: DocumentNode, newInputs: () => ReadonlyMap<string, string>) {
    this.#newInputs = newInputs;
    for (const definition of base.definitions)
      if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
        this.#known.set(
          definition.name.value,
          new Set((definition.fields ?? []).map(({ name }) => name.value)),
        );
  }

  /** @returns what is wrong with it, a sentence each */
  addFilter(
    input: string,
    field: CustomFieldDefinition,
    node: FieldDefinitionNode,
  ): readonly string[] {
    const type = field.kind === 'reference' ? 'ID' : print(itemOf(node.type));
    return BOUNDS[field.kind].flatMap(({ suffix, bound, description }) =>
      this.#add(input, 'filter', field, {
        name: `${field.inputName}${suffix}`,
        bound,
        type,
        description: `Only records ${description(`\`${field.name}\``)}.`,
      }),
    );
  }

  /** @returns what is wrong with it, a sentence each */
  addWrites(
    inputs: readonly string[],
    field: CustomFieldDefinition,
    node: FieldDefinitionNode,
  ): readonly string[] {
    const item = field.kind === 'reference' ? 'ID' : print(itemOf(node.type));
    const type = field.kind === 'options' ? `[${item}!]` : item;
    const description = node.description?.value;
    const problems = inputs.flatMap((input) =>
      this.#add(input, 'write', field, { name: field.inputName, bound: 'is', type, description }),
    );
    // Inputs for creating and updating have mostly the same fields.
    return problems.slice(0, 1);
  }

  /** The SDL to append to the subgraph's. */
  get sdl(): string {
    if (this.#sdl.size === 0) return '';
    const extensions = [...this.#sdl].map(([input, fields]) => {
      const description = this.#newInputs().get(input);
      const start = description === undefined ? 'extend' : `"${description}"\n`;
      return `${start} input ${input} {\n${fields.join('\n')}\n}`;
    });
    return [
      `extend schema @link(url: "${ACCESS_OF}/v1.0", import: ["@accessOf"]) @federation__composeDirective(name: "@accessOf")`,
      // graphql-js treats the fields of an extended input as arguments.
      'directive @accessOf(field: String!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION',
      ...extensions,
    ].join('\n');
  }

  /** Whether an input type has fields for custom fields. */
  has(input: string): boolean {
    return this.#added.has(input);
  }

  /** The subgraph's arguments with extended inputs, by `Type.field`. */
  argumentsOf(
    definitions: readonly DefinitionNode[],
  ): ReadonlyMap<string, ReadonlyMap<string, CustomInput>> {
    const found = new Map<string, ReadonlyMap<string, CustomInput>>();
    for (const type of definitions) {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.OBJECT_TYPE_EXTENSION)
        continue;
      for (const { name, arguments: given = [] } of type.fields ?? []) {
        const inputs = given.flatMap((argument) => {
          const input = this.#added.get(print(itemOf(argument.type)));
          return input === undefined ? [] : [[argument.name.value, input] as const];
        });
        if (inputs.length > 0) found.set(`${type.name.value}.${name.value}`, new Map(inputs));
      }
    }
    return found;
  }

  #add(
    input: string,
    purpose: CustomInput['purpose'],
    { type, name: field, inputName, values }: CustomFieldDefinition,
    given: NewInputField,
  ): readonly string[] {
    const known = this.#known.get(input) ?? new Set();
    if (known.has(given.name))
      return [
        `The input ${input} has a field ${given.name} already. Choose another name for ${type}.${field}.`,
      ];
    this.#known.set(input, known.add(given.name));
    const options =
      values &&
      new Map(
        [...values].flatMap(([word, { name }]) =>
          name === UNKNOWN ? [] : [[name, word] as const],
        ),
      );
    const fields = new Map(this.#added.get(input)?.fields);
    fields.set(given.name, { inputName, bound: given.bound, options });
    this.#added.set(input, { purpose, fields });
    const description =
      given.description === undefined
        ? ''
        : `  ${print({ kind: Kind.STRING, value: given.description })}\n`;
    this.#sdl.set(input, [
      ...(this.#sdl.get(input) ?? []),
      `${description}  ${given.name}: ${given.type} @accessOf(field: "${type}.${field}")`,
    ]);
    return [];
  }
}

interface NewInputField extends Pick<CustomInputField, 'bound'> {
  readonly name: string;
  readonly type: string;
  readonly description: string | undefined;
}

interface Bound {
  readonly suffix: string;
  readonly bound: keyof CustomCondition;
  /** Continues `Only records`. */
  readonly description: (name: string) => string;
}

const EQUAL: Bound = {
  suffix: '',
  bound: 'is',
  description: (name) => `with this value of ${name}`,
};
const FROM: Bound = {
  suffix: 'From',
  bound: 'from',
  description: (name) => `whose ${name} is this value or a later or greater one`,
};
const BEFORE: Bound = {
  suffix: 'Before',
  bound: 'before',
  description: (name) => `whose ${name} is earlier than this`,
};
const TO: Bound = {
  suffix: 'To',
  bound: 'to',
  description: (name) => `whose ${name} is this value or a smaller one`,
};
const ONE_OF: Bound = {
  suffix: '',
  bound: 'is',
  description: (name) => `that have this among their ${name}`,
};

/** The conditions that a filter can have on a custom field. */
const BOUNDS: Readonly<Record<CustomKind, readonly Bound[]>> = {
  text: [EQUAL],
  boolean: [EQUAL],
  integer: [EQUAL, FROM, TO],
  decimal: [EQUAL, FROM, TO],
  date: [EQUAL, FROM, BEFORE],
  dateTime: [EQUAL, FROM, BEFORE],
  option: [EQUAL],
  options: [ONE_OF],
  reference: [EQUAL],
};

/** The innermost item type of a list, without non-null modifiers. */
function itemOf(type: TypeNode): TypeNode {
  return type.kind === Kind.NAMED_TYPE ? type : itemOf(type.type);
}
