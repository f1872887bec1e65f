import { type DocumentNode, type FieldDefinitionNode, Kind, type TypeNode } from 'graphql';
import type { Connector } from './connector-file.ts';
import type { DeclaredTypes } from './declared-types.ts';
import { type Mapping, shapeOf, usesOf } from './mapping/mapping.ts';
import { namedType } from './object-types.ts';
import type { Report, TextPlace } from './report.ts';
import type { Template } from './url-template.ts';
import { type NamedMapping, requestMappings, ruleMappings } from './used-variables.ts';

/** Checks that each variable of a connector exists, with the arguments and fields that mappings use of it. */
export class VariableCheck {
  readonly #types: DeclaredTypes;
  readonly #inputs: ReadonlyMap<string, ReadonlyMap<string, TypeNode>>;

  constructor(document: DocumentNode, types: DeclaredTypes) {
    this.#types = types;
    this.#inputs = inputsIn(document);
  }

  check(connector: Connector, report: Report): void {
    const { success, source, selection } = connector;
    const allowed = variablesOf(connector);
    const always = [...allowed, '$request', ...OUTSIDE];
    this.#checkAll(requestMappings(connector), always, connector, report);
    this.#checkAll(
      [{ place: 'selection', mapping: selection }],
      [...always, '$response', '$status'],
      connector,
      report,
    );
    const ofResponse = ['$response', '$status'];
    this.#checkAll(ruleMappings(success), [...always, ...ofResponse], connector, report);
    const ofSource = ['$request', ...OUTSIDE, ...ofResponse];
    this.#checkAll(ruleMappings(source.success), ofSource, connector, report);
    this.#checkTexts(connector, report);
  }

  #checkAll(
    mappings: readonly NamedMapping[],
    allowed: readonly string[],
    connector: Connector,
    report: Report,
  ): void {
    for (const { place, mapping } of mappings)
      for (const { variable: name, path, position } of usesOf(mapping)) {
        // The input.
        if (name === '$') continue;
        const at = { text: mapping.text, position };
        if (!allowed.includes(name))
          report.refuse(
            'UNKNOWN_VARIABLE',
            place,
            `uses ${name}, but there is only ${allowed.join(', ')}`,
            at,
          );
        else
          this.#checkPath(name, path, connector, (code, sentence) => {
            report.refuse(code, place, sentence, at);
          });
      }
  }

  #checkPath(
    name: string,
    path: readonly string[],
    connector: Connector,
    refuse: RefusePath,
  ): void {
    if (name === '$args') this.#checkArgument(path, connector, refuse);
    else if (name === '$this' || name === '$batch') this.#checkField(name, path, connector, refuse);
    else if (name in HAS && path[0] !== undefined && (path[0] !== 'headers' || name === '$status'))
      refuse('UNKNOWN_VARIABLE', `uses ${name}.${path[0]}, but ${HAS[name] ?? 'it has no fields'}`);
  }

  #checkArgument(
    [argument, ...fields]: readonly string[],
    connector: Connector,
    refuse: RefusePath,
  ): void {
    if (argument === undefined) return;
    const args = this.#fieldOf(connector)?.arguments ?? [];
    const found = args.find(({ name }) => name.value === argument);
    if (found === undefined) {
      const known = args.map(({ name }) => name.value).join(', ') || 'none';
      refuse('UNKNOWN_ARGUMENT', `uses $args.${argument}, but the arguments are ${known}`);
      return;
    }
    let type = namedType(found.type);
    let written = `$args.${argument}`;
    for (const name of fields) {
      const input = this.#inputs.get(type);
      written += `.${name}`;
      if (input === undefined) {
        if (this.#types.isLeaf(type))
          refuse('UNKNOWN_ARGUMENT', `uses ${written}, but ${type} has no fields`);
        return;
      }
      const below = input.get(name);
      if (below === undefined) {
        refuse('UNKNOWN_ARGUMENT', `uses ${written}, which the input type does not have`);
        return;
      }
      type = namedType(below);
    }
  }

  #checkField(
    variable: string,
    path: readonly string[],
    { type: parent }: Connector,
    refuse: RefusePath,
  ): void {
    if (path.length === 0) {
      const sentence = `uses ${variable} as a whole: name the fields, such as ${variable}.id`;
      refuse('NOT_SUPPORTED', sentence);
      return;
    }
    let type = parent;
    let written = variable;
    for (const name of path) {
      written += `.${name}`;
      const isObject = this.#types.objectsOf(type) !== undefined;
      // A custom scalar can be an object.
      if (!isObject && !this.#types.isLeaf(type)) return;
      const below = this.#types.fieldType(type, name);
      if (!isObject || !this.#types.hasField(type, name)) {
        refuse('UNKNOWN_FIELD', `uses ${written}, but ${type} has no field ${name}`);
        return;
      }
      if (below === undefined) return;
      type = namedType(below);
    }
  }

  /** A value in a URL or a header must be text, a number or a boolean; in a path, it must not be null. */
  #checkTexts(connector: Connector, report: Report): void {
    const { request, source } = connector;
    const url = `http.${request.method}`;
    for (const { mapping } of request.url.params.values()) {
      this.#checkText(mapping, url, connector, report);
      this.#warnOfNull(mapping, url, connector, report);
    }
    const check = (template: Template, place: string) => {
      for (const part of template)
        if (typeof part !== 'string') this.#checkText(part.mapping, place, connector, report);
    };
    for (const { value } of request.url.query) check(value, url);
    for (const header of [...source.request.headers, ...request.headers])
      if ('value' in header) check(header.value, 'http.headers');
  }

  #checkText(mapping: Mapping, place: string, connector: Connector, report: Report): void {
    const shape = shapeOf(mapping);
    const type = this.#typeOfPath(mapping, connector);
    const isHeader = isPathOf(mapping, '$request');
    const what =
      shape.kind === 'list' || type?.kind === Kind.LIST_TYPE || isHeader
        ? 'a list'
        : shape.kind === 'object' || (type && this.#isObject(type))
          ? 'an object'
          : undefined;
    if (what === undefined) return;
    const hint =
      what === 'a list' ? ': take an item by ->first, or join them by ->joinNotNull' : '';
    const sentence = `puts ${what} where only text, a number or true and false can be${hint}`;
    report.refuse('WRONG_TYPE', place, sentence, startOf(mapping));
  }

  #warnOfNull(mapping: Mapping, place: string, connector: Connector, report: Report): void {
    for (const { variable, path, optional, position } of usesOf(mapping)) {
      if (variable !== '$args' || optional || path.length === 0) continue;
      if (!this.#isNullable(path, connector)) continue;
      const written = `$args.${path.join('.')}`;
      const sentence = `has ${written} in its path, which can be null: the field is null then, without a call`;
      report.warn('NULLABLE_IN_PATH', place, sentence, { text: mapping.text, position });
    }
  }

  /** Whether an argument, or a field of an input type, is nullable or optional. */
  #isNullable([argument, ...fields]: readonly string[], connector: Connector): boolean {
    const found = this.#fieldOf(connector)?.arguments?.find(({ name }) => name.value === argument);
    if (found?.defaultValue !== undefined && fields.length === 0) return false;
    let type = found?.type;
    for (const name of fields) {
      if (type === undefined || type.kind !== Kind.NON_NULL_TYPE) break;
      type = this.#inputs.get(namedType(type))?.get(name);
    }
    return type !== undefined && type.kind !== Kind.NON_NULL_TYPE;
  }

  /** The type of a mapping that consists only of a path: `$args.filter.ids`. */
  #typeOfPath(mapping: Mapping, connector: Connector): TypeNode | undefined {
    const [use] = usesOf(mapping);
    if (use === undefined || !isPathOf(mapping, use.variable)) return undefined;
    const [first = '', ...rest] = use.path;
    const isArgument = use.variable === '$args';
    let type = isArgument
      ? this.#fieldOf(connector)?.arguments?.find(({ name }) => name.value === first)?.type
      : use.variable === '$this'
        ? this.#types.fieldType(connector.type, first)
        : undefined;
    let isList = false;
    for (const name of rest) {
      if (type === undefined) return undefined;
      isList ||= nullable(type).kind === Kind.LIST_TYPE;
      const below = namedType(type);
      type = isArgument ? this.#inputs.get(below)?.get(name) : this.#types.fieldType(below, name);
    }
    if (type === undefined) return undefined;
    return isList ? { kind: Kind.LIST_TYPE, type } : nullable(type);
  }

  #isObject(type: TypeNode): boolean {
    const name = namedType(type);
    return this.#inputs.has(name) || this.#types.objectsOf(name) !== undefined;
  }

  #fieldOf = ({ type, field = '' }: Connector): FieldDefinitionNode | undefined =>
    this.#types.objects.get(type)?.get(field);
}

type RefusePath = (
  code: 'NOT_SUPPORTED' | 'UNKNOWN_ARGUMENT' | 'UNKNOWN_FIELD' | 'UNKNOWN_VARIABLE',
  sentence: string,
) => void;

function variablesOf({ type, field, batchSize }: Connector): readonly string[] {
  if (field === undefined) return [batchSize === undefined ? '$this' : '$batch'];
  return type === 'Query' || type === 'Mutation' ? ['$args'] : ['$args', '$this'];
}

/** The variables that a `graph.yaml` provides. */
const OUTSIDE = ['$config', '$context', '$env'];

const HAS: Readonly<Record<string, string>> = {
  $request: 'there is only $request.headers',
  $response: 'there is only $response.headers',
  $status: 'it is a number',
};

const startOf = ({ text, expression }: Mapping): TextPlace => ({
  text,
  position: expression.position,
});

/** Whether a mapping consists only of keys of a variable, without methods. */
const isPathOf = ({ expression }: Mapping, variable: string): boolean =>
  expression.kind === 'path' &&
  expression.start.kind === 'variable' &&
  expression.start.name === variable &&
  expression.steps.every(({ kind }) => kind === 'key' || kind === 'optional');

const nullable = (type: TypeNode): Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }> =>
  type.kind === Kind.NON_NULL_TYPE ? type.type : type;

const inputsIn = ({ definitions }: DocumentNode) =>
  new Map(
    definitions.flatMap((node) =>
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
