import type { InputType, InputValue } from './inputs.ts';
import type { EnumType, LeftOut, ObjectType, OutputField, OutputValue } from './output-types.ts';
import type { BatchProposal, KeyProposal, Proposal } from './proposals.ts';
import {
  type Argument,
  headersOf,
  type NotImported,
  pathOf,
  queryOf,
  type RootField,
} from './root-fields.ts';
import { segment, type Selection, Selections } from './selections.ts';

export interface SdlParts {
  /** The name of the source and of the subgraph. */
  readonly name: string;
  readonly baseUrl: string;
  readonly fields: readonly RootField[];
  readonly notImported: readonly NotImported[];
  readonly enums: readonly EnumType[];
  readonly inputs: readonly InputType[];
  readonly proposals: readonly Proposal[];
  readonly accepted: ReadonlySet<Proposal>;
  /** Types that were renamed because the graph has their name. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

/** Writes the connector file. */
export function writeSdl(parts: SdlParts): WrittenSdl {
  const writer = new SdlWriter(parts);
  const sdl = writer.text();
  return { sdl, samples: writer.samples, batchSamples: writer.batchSamples };
}

export interface WrittenSdl {
  readonly sdl: string;
  /** Sample responses of the API, by the fields with a connector. */
  readonly samples: ReadonlyMap<RootField, unknown>;
  /** Sample responses by the types with a batch. */
  readonly batchSamples: ReadonlyMap<string, unknown>;
}

class SdlWriter {
  readonly samples = new Map<RootField, unknown>();
  readonly batchSamples = new Map<string, unknown>();
  readonly #parts: SdlParts;
  readonly #keys: ReadonlyMap<ObjectType, KeyProposal>;
  readonly #batches: ReadonlyMap<ObjectType, BatchProposal>;
  readonly #keyFields: ReadonlyMap<ObjectType, OutputField>;
  readonly #selections: Selections;
  readonly #scalars = new Set<string>();
  readonly #enums = new Set<string>();
  #hasMoney = false;

  constructor(parts: SdlParts) {
    this.#parts = parts;
    const accepted = parts.proposals.filter((proposal) => parts.accepted.has(proposal));
    this.#keys = byType(accepted.filter((one) => one.kind === 'keys'));
    this.#batches = byType(accepted.filter((one) => one.kind === 'batches'));
    this.#keyFields = new Map(
      [...this.#batches, ...this.#keys].map(([type, { key }]) => [type, key] as const),
    );
    this.#selections = new Selections(this.#keyFields, parts.fields.length + this.#batches.size);
  }

  text(): string {
    const { fields, notImported } = this.#parts;
    const written = fields.map((field) => ({ field, text: this.#rootField(field) }));
    const batches = new Map(
      [...this.#batches].map(([type, batch]) => [type, this.#batch(batch)] as const),
    );
    const types: string[] = [];
    for (const type of this.#selections.types)
      types.push(this.#objectType(type, batches.get(type)));
    const inputs = this.#usedInputs().map((type) => this.#inputType(type));
    const roots = (['Query', 'Mutation'] as const).flatMap((root) => {
      const own = written.filter(({ field, text }) => field.root === root && text !== undefined);
      return own.length === 0
        ? []
        : [`type ${root} {\n${own.map(({ text }) => text).join('\n\n')}\n}`];
    });
    const nothing = written.filter(({ text }) => text === undefined);
    const left = [
      ...notImported,
      ...nothing.map(({ field }) => ({
        operation: field.operation,
        reason: 'nothing of its response has a type',
      })),
    ];
    const enums = this.#parts.enums.filter(({ name }) => this.#enums.has(name));
    return `${[
      this.#head(left),
      ...[...this.#scalars].sort().map((name) => `scalar ${name}`),
      ...(this.#hasMoney ? [MONEY] : []),
      ...enums.map(enumType),
      ...types,
      ...inputs,
      ...roots,
    ].join('\n\n')}\n`;
  }

  #head(left: readonly NotImported[]): string {
    const { name, baseUrl, proposals, accepted, renamed } = this.#parts;
    const open = proposals.filter((proposal) => !accepted.has(proposal));
    const imports = this.#hasMoney ? '"@key", "@shareable"' : '"@key"';
    return [
      ...comment(
        left.map(({ operation, reason }) => `${operation.method} ${operation.path}: ${reason}`),
        'Left out, with the reason:',
      ),
      ...comment(
        open.map(({ kind, reason }) => `${kind}: ${reason}`),
        'Proposed, and not accepted (--accept):',
      ),
      ...comment(
        proposals
          .filter((one) => accepted.has(one) && one.kind === 'pages')
          .map(({ reason }) => reason),
        'Lists in pages:',
      ),
      ...comment(
        renamed.map(({ from, to }) => `${from} is ${to}: the graph has the name already.`),
        'Renamed:',
      ),
      'extend schema',
      `  @link(url: "https://specs.apollo.dev/federation/v2.12", import: [${imports}])`,
      '  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])',
      `  @source(name: ${JSON.stringify(name)}, http: { baseURL: ${JSON.stringify(baseUrl)} })`,
    ].join('\n');
  }

  /** @returns undefined if no part of it can be selected */
  #rootField(imported: RootField): string | undefined {
    const key = [...this.#keys.values()].find((one) => one.field === imported);
    const field = key === undefined ? imported : withKeyAlone(imported);
    const { returns, operation, name, leftOut } = field;
    const selection =
      returns === undefined ? NOTHING : inEnvelope(this.#selections.select(returns), field.within);
    if (selection === undefined) return undefined;
    this.samples.set(imported, selection.sample);
    const args = this.#arguments(field, key);
    const path = key === undefined ? pathOf(field) : pathOf(withKey(field, key));
    const lines = [
      ...description(field.description, '  '),
      ...leftOut.map((one) => `  ${leftOutText(one)}`),
      `  ${name}${args}: ${returns === undefined ? 'Boolean' : this.#outputType(returns)}${deprecated(field.isDeprecated)}`,
      '    @connect(',
      `      source: ${JSON.stringify(this.#parts.name)}`,
      ...this.#http(field, `${operation.method}: ${JSON.stringify(path)}`),
      ...(key === undefined ? [] : ['      entity: true']),
      ...blockText('selection', selection.text, '      '),
      '    )',
    ];
    return lines.join('\n');
  }

  #http(field: RootField, first: string): readonly string[] {
    const query = queryOf(field);
    const headers = headersOf(field);
    if (query.length === 0 && headers.length === 0 && field.body === undefined)
      return [`      http: { ${first} }`];
    const written = headers.map(
      ({ name, value }) => `          { name: "${name}", value: ${JSON.stringify(value)} }`,
    );
    return [
      '      http: {',
      `        ${first}`,
      ...(query.length === 0 ? [] : blockText('queryParams', query.join('\n'), '        ')),
      ...(headers.length === 0 ? [] : ['        headers: [', ...written, '        ]']),
      ...(field.body === undefined ? [] : blockText('body', field.body.text, '        ')),
      '      }',
    ];
  }

  #arguments(field: RootField, key: KeyProposal | undefined): string {
    const args = field.arguments.map((one) =>
      argumentText(
        key?.argument === one ? key.key.name : one.name,
        key?.argument === one ? `${this.#outputType(key.key.value)}!` : this.#typeOfArgument(one),
        one.description,
      ),
    );
    const { body } = field;
    if (body !== undefined) {
      const type = this.#typeOfInput(body.value);
      args.push(argumentText('input', `${type}!${body.isOptional ? ' = {}' : ''}`, undefined));
    }
    const short = args.map((text) => text.trim()).join(', ');
    if (args.every((text) => !text.includes('\n')) && short.length <= 80)
      return args.length === 0 ? '' : `(${short})`;
    return `(\n${args.join('\n')}\n  )`;
  }

  #typeOfArgument({ value, isRequired }: Argument): string {
    return `${this.#typeOfInput(value)}${isRequired ? '!' : ''}`;
  }

  #batch({ type, argument, field, key, maxSize, list }: BatchProposal): string | undefined {
    const selected = this.#selections.select({ kind: 'object', type });
    if (selected === undefined) return undefined;
    const selection = selected.text;
    this.batchSamples.set(
      type.name,
      list === undefined ? [selected.sample] : { [list]: [selected.sample] },
    );
    const { separator, value } = argument;
    const isList = value.kind === 'list' && separator === undefined;
    const keys = `$batch.${key.name}${isList ? '' : `->joinNotNull(${JSON.stringify(separator ?? ',')})`}`;
    const whole =
      list === undefined ? selection : `${fromRoot(list)} {\n${indented(selection, '  ')}\n}`;
    return [
      '  @connect(',
      `    source: ${JSON.stringify(this.#parts.name)}`,
      '    http: {',
      `      ${field.operation.method}: ${JSON.stringify(pathOf(field))}`,
      `      queryParams: ${JSON.stringify(`${segment(argument.key)}: ${keys}`)}`,
      '    }',
      `    batch: { maxSize: ${String(maxSize)} }`,
      ...blockText('selection', whole, '    '),
      '  )',
    ].join('\n');
  }

  #objectType(type: ObjectType, batch: string | undefined): string {
    const key = this.#keyFields.get(type);
    const selected = type.fields.filter((field) => this.#selections.selected.has(field));
    const cut = type.fields.filter((field) => !this.#selections.selected.has(field));
    const head = `type ${type.name}${key === undefined ? '' : ` @key(fields: "${key.name}")`}`;
    return [
      ...description(type.description, ''),
      batch === undefined ? `${head} {` : `${head}\n${batch} {`,
      ...selected.flatMap((field) => [
        ...description(field.description, '  '),
        `  ${field.name}: ${this.#fieldType(field, key === field)}${deprecated(field.isDeprecated)}`,
      ]),
      ...type.leftOut.map((one) => `  ${leftOutText(one)}`),
      ...cut.map(
        ({ key: name }) =>
          `  ${leftOutText({ key: name, reason: 'it is too deep, or its type is around it' })}`,
      ),
      '}',
    ].join('\n');
  }

  /** Non-null if the API always sends a value, and no selection omits the field. */
  #fieldType(field: OutputField, isKey: boolean): string {
    const isAlways =
      field.isRequired &&
      !field.isNullable &&
      field.value.kind !== 'amount' &&
      !this.#selections.cut.has(field);
    return `${this.#outputType(field.value)}${isKey || isAlways ? '!' : ''}`;
  }

  #outputType(value: OutputValue): string {
    switch (value.kind) {
      case 'list':
        return `[${this.#outputType(value.of)}${value.hasNulls ? '' : '!'}]`;
      case 'object':
        return value.type.name;
      case 'money':
      case 'amount':
        this.#hasMoney = true;
        this.#scalars.add('Decimal').add('CurrencyCode');
        return 'Money';
      case 'enum':
      case 'scalar':
        return this.#leaf(value);
    }
  }

  #leaf(value: Extract<InputValue, { kind: 'scalar' | 'enum' }>): string {
    if (value.kind === 'enum') this.#enums.add(value.name);
    else if (OWN_SCALARS.has(value.name)) this.#scalars.add(value.name);
    return value.name;
  }

  #typeOfInput(value: InputValue): string {
    if (value.kind === 'list') return `[${this.#typeOfInput(value.of)}!]`;
    return value.kind === 'input' ? value.type.name : this.#leaf(value);
  }

  /** Input types of the bodies, including nested ones. */
  #usedInputs(): readonly InputType[] {
    const used = new Set<InputType>();
    const visit = (value: InputValue) => {
      if (value.kind === 'list') visit(value.of);
      if (value.kind !== 'input' || used.has(value.type)) return;
      used.add(value.type);
      for (const field of value.type.fields) visit(field.value);
    };
    for (const { body } of this.#parts.fields) if (body !== undefined) visit(body.value);
    return [...used];
  }

  #inputType(type: InputType): string {
    return [
      ...description(type.description, ''),
      `input ${type.name} {`,
      ...type.fields.flatMap((field) => [
        ...description(field.description, '  '),
        `  ${field.name}: ${this.#typeOfInput(field.value)}${field.isRequired && !field.isNullable ? '!' : ''}`,
      ]),
      ...type.leftOut.map((one) => `  ${leftOutText(one)}`),
      '}',
    ].join('\n');
  }
}

/** The selection of an operation without response content. */
const NOTHING: Selection = { text: '$(true)', sample: undefined };

const MONEY = `type Money @shareable {\n  amount: Decimal!\n  currency: CurrencyCode!\n}`;

const OWN_SCALARS = new Set(['Date', 'DateTime', 'Decimal']);

const byType = <P extends { readonly type: ObjectType }>(proposals: readonly P[]) =>
  new Map(proposals.map((proposal) => [proposal.type, proposal]));

/** The field with its argument renamed to the key. */
const withKey = (field: RootField, { argument, key }: KeyProposal): RootField => ({
  ...field,
  arguments: field.arguments.map((one) => (one === argument ? { ...one, name: key.name } : one)),
});

const fromRoot = (key: string) => `$.${segment(key)}`;

function inEnvelope(
  selection: Selection | undefined,
  within: string | undefined,
): Selection | undefined {
  if (selection === undefined || within === undefined) return selection;
  return {
    text: `${fromRoot(within)} {\n${indented(selection.text, '  ')}\n}`,
    sample: { [within]: selection.sample },
  };
}

function argumentText(name: string, type: string, text: string | undefined): string {
  return [...description(text, '    '), `    ${name}: ${type}`].join('\n');
}

function enumType({ name, values, description: text }: EnumType): string {
  const all = values.map((one) => `  ${one.name}`);
  return [...description(text, ''), `enum ${name} {`, ...all, '}'].join('\n');
}

const deprecated = (is: boolean) => (is ? ' @deprecated(reason: "The API will remove it.")' : '');

/** Maximum length of a description in characters. */
const MAX_DESCRIPTION = 300;

/** The first paragraph, without HTML. */
function description(text: string | undefined, indent: string): readonly string[] {
  if (text === undefined) return [];
  const [first = ''] = text
    .slice(0, 3000)
    .replaceAll(/<[^<>]*>/g, ' ')
    .trim()
    .split(/\n\s*\n/);
  const line = onOneLine(first, MAX_DESCRIPTION);
  return line === '' ? [] : [`${indent}${JSON.stringify(line)}`];
}

/** Truncates at a word boundary. */
function onOneLine(text: string, most: number): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most).replace(/\s\S*$/, '')} …`;
}

const leftOutText = ({ key, reason }: LeftOut) =>
  `# left out: ${onOneLine(key, 80)}: ${onOneLine(reason, 200)}`;

function comment(lines: readonly string[], title: string): readonly string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MAX_LINES).map((line) => `#   ${onOneLine(line, 300)}`);
  const more = lines.length - shown.length;
  return [`# ${title}`, ...shown, ...(more > 0 ? [`#   and ${String(more)} more`] : []), '#'];
}

const MAX_LINES = 100;

function blockText(name: string, text: string, indent: string): readonly string[] {
  const lines = indented(text.replaceAll('"""', '\\"""'), indent);
  return [`${indent}${name}: """`, lines, `${indent}"""`];
}

const indented = (text: string, indent: string) =>
  text
    .split('\n')
    .map((line) => `${indent}${line}`)
    .join('\n');

/** A field that finds an entity has only the arguments of its key. */
const withKeyAlone = (field: RootField): RootField => ({
  ...field,
  arguments: field.arguments.filter(({ isRequired }) => isRequired),
});
