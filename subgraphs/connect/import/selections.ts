import type { LeafType } from './leaf-types.ts';
import {
  type ObjectType,
  objectBelow,
  type OutputField,
  type OutputValue,
} from './output-types.ts';

/** Maximum depth of nested objects in a selection. */
const MAX_LEVELS = 5;

/** Maximum number of fields in a selection. */
const MAX_FIELDS = 250;

/** Maximum number of fields in all selections of a file, which may have two million characters. */
const MAX_FIELDS_OF_FILE = 20_000;

/** Chooses the fields of selections, and writes them. */
export class Selections {
  /** Fields that a selection omits: they are null there, or read by the key of their type. */
  readonly cut = new Set<OutputField>();
  /** Fields in at least one selection. */
  readonly selected = new Set<OutputField>();
  /** In order of discovery. */
  readonly types = new Set<ObjectType>();
  readonly #keys: ReadonlyMap<ObjectType, OutputField>;
  readonly #most: number;

  /**
   * @param keys the key fields by which objects of a type can be read
   * @param operations number of selections in the file
   */
  constructor(keys: ReadonlyMap<ObjectType, OutputField>, operations: number) {
    this.#keys = keys;
    this.#most = Math.min(
      MAX_FIELDS,
      Math.max(30, Math.floor(MAX_FIELDS_OF_FILE / Math.max(1, operations))),
    );
  }

  /** @returns undefined if no part of the value can be read */
  select(value: OutputValue): Selection | undefined {
    const type = objectBelow(value);
    if (type === undefined)
      return { text: valueText('$', value, '', undefined), sample: sampleOf(value, undefined) };
    const root = this.#choose(type);
    if (root === undefined) return undefined;
    return { text: this.#write(root, ''), sample: sampleOf(value, root) };
  }

  /** Breadth-first: if there are too many fields, the upper levels take precedence. */
  #choose(type: ObjectType): Chosen | undefined {
    const root: Chosen = { type, above: [type], fields: new Map() };
    let left = this.#most;
    let level = [root];
    const all = [root];
    for (let depth = 1; level.length > 0; depth += 1) {
      const next: Chosen[] = [];
      for (const chosen of level) {
        for (const field of chosen.type.fields) {
          const below = objectBelow(field.value);
          const isCut =
            left <= 0 ||
            (below !== undefined && (depth >= MAX_LEVELS || chosen.above.includes(below)));
          if (isCut) {
            this.#stub(chosen, field, below, left > 0);
            continue;
          }
          left -= 1;
          if (below === undefined) chosen.fields.set(field, undefined);
          else {
            const object: Chosen = {
              type: below,
              above: [...chosen.above, below],
              fields: new Map(),
            };
            chosen.fields.set(field, object);
            next.push(object);
          }
        }
      }
      all.push(...next);
      level = next;
    }
    // Bottom-up: an object without fields cannot be selected.
    for (const chosen of all.reverse())
      for (const [field, below] of chosen.fields)
        if (below?.fields.size === 0) {
          chosen.fields.delete(field);
          this.cut.add(field);
        }
    return root.fields.size === 0 ? undefined : root;
  }

  /** Selects only the key of an object that can be read by it. */
  #stub(chosen: Chosen, field: OutputField, below: ObjectType | undefined, hasRoom: boolean): void {
    this.cut.add(field);
    const key = below && this.#keys.get(below);
    if (below === undefined || key === undefined || !hasRoom) return;
    chosen.fields.set(field, {
      type: below,
      above: [...chosen.above, below],
      fields: new Map([[key, undefined]]),
    });
  }

  #write({ type, fields }: Chosen, indent: string): string {
    this.types.add(type);
    const lines: string[] = [];
    for (const [field, below] of fields) {
      this.selected.add(field);
      const inner = below === undefined ? undefined : this.#write(below, `${indent}  `);
      lines.push(`${indent}${fieldText(field, indent, inner)}`);
    }
    return lines.join('\n');
  }
}

export interface Selection {
  readonly text: string;
  /** A response of the API with all selected fields. */
  readonly sample: unknown;
}

function sampleOf(value: OutputValue, chosen: Chosen | undefined): unknown {
  switch (value.kind) {
    case 'list':
      return [sampleOf(value.of, chosen)];
    case 'object':
      return Object.fromEntries(
        [...(chosen?.fields ?? [])].flatMap(([field, below]) => [
          [field.key, sampleOf(field.value, below)],
          // The currency may have no field of its own.
          ...(field.value.kind === 'amount' ? [[field.value.currency, 'EUR']] : []),
        ]),
      );
    case 'money':
      return {
        [value.money.amount]: value.money.isNumber ? 12.5 : '12.50',
        [value.money.currency]: 'EUR',
      };
    case 'amount':
      return value.isNumber ? 12.5 : '12.50';
    case 'enum':
      return value.values[0]?.value;
    case 'scalar':
      return value.isNumber ? 42 : SAMPLES[value.name];
  }
}

/** Sample values of the scalars in an API. */
export const SAMPLES = {
  ID: 'a1',
  String: 'text',
  Int: 42,
  Float: 0.5,
  Boolean: true,
  Date: '2026-02-03',
  DateTime: '2026-02-03T04:05:06Z',
  Decimal: '12.50',
} as const;

/** An object of a selection, and its selected fields. */
interface Chosen {
  readonly type: ObjectType;
  readonly above: readonly ObjectType[];
  readonly fields: Map<OutputField, Chosen | undefined>;
}

function fieldText(field: OutputField, indent: string, inner: string | undefined): string {
  const { name, key, value } = field;
  const path = pathText(key);
  const mark = field.isRequired && !field.isNullable && isPlain(value) ? '' : '?';
  const text = valueText(`${path}${mark}`, value, indent, inner);
  // A path of one key needs no name.
  const hasSameName = path === name && !text.includes('->');
  return hasSameName ? text : `${name}: ${text}`;
}

/** Whether it is read unchanged: methods must skip null. */
const isPlain = (value: OutputValue) => !valueText('$', value, '', '').includes('->');

/** @param inner the selection of the object */
function valueText(
  path: string,
  value: OutputValue,
  indent: string,
  inner: string | undefined,
): string {
  switch (value.kind) {
    case 'object':
      return `${path} {\n${inner ?? ''}\n${indent}}`;
    case 'money': {
      const { amount, currency, isNumber } = value.money;
      const text = `${pathText(amount)}${isNumber ? '?->toString' : ''}`;
      return `${path} { amount: ${text} currency: ${pathText(currency)} }`;
    }
    case 'amount':
      return `${path}->echo({ amount: @${value.isNumber ? '->toString' : ''}, currency: $.${segment(value.currency)} })`;
    case 'list': {
      if (value.of.kind === 'object' || value.of.kind === 'money')
        return valueText(path, value.of, indent, inner);
      const item = valueText('@', value.of, indent, inner);
      return item === '@' ? path : `${path}->map(${item})`;
    }
    case 'enum':
    case 'scalar':
      return `${path}${conversion(value)}`;
  }
}

function conversion(leaf: LeafType): string {
  if (leaf.kind === 'enum') {
    const pairs = leaf.values.map(({ value, name }) => `[${JSON.stringify(value)}, "${name}"]`);
    return `->match(${pairs.join(', ')}, [@, "UNKNOWN"])`;
  }
  return leaf.name === 'Decimal' && leaf.isNumber ? '->toString' : '';
}

const WORD = /^[A-Za-z_]\w*$/;
const LITERALS = new Set(['true', 'false', 'null']);

/** The path of a property from `$`. */
const pathText = (key: string): string =>
  WORD.test(key) && !LITERALS.has(key) ? key : `$.${segment(key)}`;

/** A property in a path, or a key of an object in a mapping. */
export const segment = (key: string): string => (WORD.test(key) ? key : JSON.stringify(key));
