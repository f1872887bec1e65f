import { type DocumentNode, Kind, type TypeNode } from 'graphql';
import type { Connector } from './connector-file.ts';
import { usesOf } from './mapping/mapping.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import type { ProblemCode } from './problems.ts';
import { type NamedMapping, requestMappings, ruleMappings } from './used-variables.ts';

/** Says what is wrong with a connector. @param place is the argument of its directive: `http.GET` */
export type Refuse = (code: ProblemCode, place: string, sentence: string) => void;

/** Checks that each variable of a connector is there, with the arguments and fields that are read of it. */
export class VariableCheck {
  readonly #types: ObjectTypes;
  readonly #inputs: ReadonlyMap<string, ReadonlyMap<string, TypeNode>>;

  constructor(document: DocumentNode, types: ObjectTypes) {
    this.#types = types;
    this.#inputs = new Map(
      document.definitions.flatMap((node) =>
        node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
          ? [
              [
                node.name.value,
                new Map((node.fields ?? []).map((field) => [field.name.value, field.type])),
              ] as const,
            ]
          : [],
      ),
    );
  }

  check(connector: Connector, refuse: Refuse): void {
    const { success, source, selection } = connector;
    const allowed = this.#variablesOf(connector);
    const always = [...allowed, '$request', ...OUTSIDE];
    this.#checkAll(requestMappings(connector), always, connector, refuse);
    this.#checkAll(
      [{ place: 'selection', mapping: selection }],
      [...always, '$response', '$status'],
      connector,
      refuse,
    );
    const ofResponse = ['$response', '$status'];
    this.#checkAll(ruleMappings(success), [...always, ...ofResponse], connector, refuse);
    const ofSource = ['$request', ...OUTSIDE, ...ofResponse];
    this.#checkAll(ruleMappings(source.success), ofSource, connector, refuse);
  }

  #variablesOf({ type, field, batchSize }: Connector): readonly string[] {
    if (field === undefined) return [batchSize === undefined ? '$this' : '$batch'];
    return type === 'Query' || type === 'Mutation' ? ['$args'] : ['$args', '$this'];
  }

  #checkAll(
    mappings: readonly NamedMapping[],
    allowed: readonly string[],
    connector: Connector,
    refuse: Refuse,
  ): void {
    for (const { place, mapping } of mappings)
      for (const { variable: name, path } of usesOf(mapping)) {
        // The input.
        if (name === '$') continue;
        const isKnown = allowed.includes(name);
        if (!isKnown)
          refuse(
            'UNKNOWN_VARIABLE',
            place,
            `uses ${name}, but there is only ${allowed.join(', ')}`,
          );
        else if (name === '$args') this.#checkArgument(path, connector, place, refuse);
        else if (name === '$this' || name === '$batch')
          this.#checkField(name, path, connector, place, refuse);
      }
  }

  #checkArgument(
    [argument, ...fields]: readonly string[],
    { type, field = '' }: Connector,
    place: string,
    refuse: Refuse,
  ): void {
    if (argument === undefined) return;
    const args = this.#types.get(type)?.get(field)?.arguments ?? [];
    const found = args.find(({ name }) => name.value === argument);
    if (found === undefined) {
      const known = args.map(({ name }) => name.value).join(', ') || 'none';
      refuse('UNKNOWN_ARGUMENT', place, `uses $args.${argument}, but the arguments are ${known}`);
      return;
    }
    let input = this.#inputs.get(namedType(found.type));
    let written = `$args.${argument}`;
    for (const name of fields) {
      if (input === undefined) return;
      const below = input.get(name);
      written += `.${name}`;
      if (below === undefined) {
        refuse('UNKNOWN_ARGUMENT', place, `uses ${written}, which the input type does not have`);
        return;
      }
      input = this.#inputs.get(namedType(below));
    }
  }

  #checkField(
    variable: string,
    [field]: readonly string[],
    { type }: Connector,
    place: string,
    refuse: Refuse,
  ): void {
    if (field === undefined)
      refuse(
        'NOT_SUPPORTED',
        place,
        `uses ${variable} as a whole: name the fields, such as ${variable}.id`,
      );
    else if (this.#types.get(type)?.has(field) !== true)
      refuse(
        'UNKNOWN_FIELD',
        place,
        `uses ${variable}.${field}, but ${type} has no field ${field}`,
      );
  }
}

/** What a `graph.yaml` has for mappings. */
const OUTSIDE = ['$config', '$context', '$env'];
