import { Kind, type NamedTypeNode, type TypeNode } from 'graphql';
import type { Report } from './report.ts';
import type { Connector } from './connector-file.ts';
import { type DeclaredTypes, isNull, itemType, type Refusal } from './declared-types.ts';
import { type ObjectShape, type Shape, shapeOf } from './mapping/mapping.ts';
import { namedType } from './object-types.ts';

/** Objects of one type at one response path of a selection. */
export interface SelectedObject {
  readonly connector: Connector;
  readonly type: string;
  /** Field names from the value of the selection to the objects. */
  readonly path: readonly string[];
  /** The names of their fields; undefined if the selection does not determine them. */
  readonly fields: ReadonlySet<string> | undefined;
  /** Number of characters of the mapping before them. */
  readonly position: number;
}

interface Place {
  readonly path: readonly string[];
  readonly position: number;
}

/** Maximum number of shapes of a selection: one shape can occur in others many times. */
const MAX_SHAPES = 20_000;

/**
 * Compares the result of a selection with the types of the SDL.
 * @returns the objects that it returns, including nested ones
 */
export function checkSelectedObjects(
  connector: Connector,
  types: DeclaredTypes,
  report: Report,
): readonly SelectedObject[] {
  const type = typeOf(connector, types);
  if (type === undefined) return [];
  const check = new SelectionCheck(connector, types, report);
  const shape = shapeOf(connector.selection);
  const isBatch = connector.batchSize !== undefined && shape.kind === 'list';
  check.value(isBatch ? shape.of : shape, type, { path: [], position: 0 });
  return check.found;
}

function typeOf({ type, field, pages }: Connector, types: DeclaredTypes): TypeNode | undefined {
  // For a connection, the type of its items.
  if (pages?.itemType !== undefined) return { kind: Kind.LIST_TYPE, type: named(pages.itemType) };
  if (field !== undefined) return types.objects.get(type)?.get(field)?.type;
  return named(type);
}

const named = (name: string): NamedTypeNode => ({
  kind: Kind.NAMED_TYPE,
  name: { kind: Kind.NAME, value: name },
});

class SelectionCheck {
  readonly found: SelectedObject[] = [];
  readonly #connector: Connector;
  readonly #types: DeclaredTypes;
  readonly #report: Report;
  #left = MAX_SHAPES;

  constructor(connector: Connector, types: DeclaredTypes, report: Report) {
    this.#connector = connector;
    this.#types = types;
    this.#report = report;
  }

  value(shape: Shape, type: TypeNode, place: Place): void {
    const alternatives = (shape.kind === 'either' ? shape.shapes : [shape]).filter(
      (each) => shape.kind !== 'either' || (each.kind !== 'nothing' && !isNull(each)),
    );
    const refusals = alternatives.map((each) => this.#types.refuse(each, type));
    const isImpossible = !refusals.includes(undefined);
    for (const [index, alternative] of alternatives.entries()) {
      const refusal = refusals[index];
      if (refusal === undefined) this.#inside(alternative, type, place);
      else if (isImpossible || isLiteral(alternative)) this.#refuse(refusal, place);
      else
        this.#report.warn(
          'MAYBE_WRONG_TYPE',
          'selection',
          written(refusal, place),
          this.#at(place),
        );
    }
  }

  #inside(shape: Shape, type: TypeNode, place: Place): void {
    this.#left -= 1;
    if (this.#left < 0) return;
    switch (shape.kind) {
      case 'list':
        this.value(shape.of, itemType(type), place);
        return;
      case 'each':
        this.value(shape.of, namedNode(type), place);
        return;
      case 'object':
        this.#object(shape, namedType(type), place);
        return;
      case 'anything':
        for (const member of this.#types.objectsOf(namedType(type)) ?? [])
          this.#note(member, undefined, place);
        return;
      case 'either':
      case 'literal':
      case 'nothing':
      case 'scalar':
        return;
    }
  }

  #object(shape: ObjectShape, declared: string, place: Place): void {
    const members = this.#types.objectsOf(declared);
    if (members === undefined) return;
    const typename = shape.fields.get('__typename');
    const named = typename?.kind === 'literal' ? String(typename.value) : undefined;
    if (named !== undefined && !members.includes(named)) {
      const known = this.#types.isAbstract(declared)
        ? `which is no member of ${declared} (${members.join(', ')})`
        : `but the type is ${declared}`;
      const position = shape.positions.get('__typename') ?? place.position;
      const actual = `the __typename "${named}"`;
      this.#refuse({ actual, reason: known }, { ...place, position });
      return;
    }
    const type = named ?? declared;
    const fields = shape.open ? undefined : new Set(shape.fields.keys());
    for (const member of named === undefined ? members : [named]) this.#note(member, fields, place);
    for (const [name, below] of shape.fields)
      this.#field(type, name, below, {
        path: [...place.path, name],
        position: shape.positions.get(name) ?? place.position,
      });
  }

  #field(type: string, name: string, shape: Shape, place: Place): void {
    if (name === '__typename') return;
    const declared = this.#types.fieldType(type, name);
    if (!this.#types.hasField(type, name))
      this.#report.refuse(
        'UNKNOWN_FIELD',
        'selection',
        `gives ${place.path.join('.')}, but ${type} has no field ${name}`,
        this.#at(place),
      );
    else if (declared !== undefined) this.value(shape, declared, place);
  }

  #note(type: string, fields: ReadonlySet<string> | undefined, { path, position }: Place): void {
    this.found.push({ connector: this.#connector, type, path, fields, position });
  }

  #refuse(refusal: Refusal, place: Place): void {
    this.#report.refuse('WRONG_TYPE', 'selection', written(refusal, place), this.#at(place));
  }

  #at = ({ position }: Place) => ({ text: this.#connector.selection.text, position });
}

/** A literal alternative of a mapping will certainly occur. */
const isLiteral = (shape: Shape) => shape.kind === 'literal';

function written({ actual, reason }: Refusal, { path }: Place): string {
  if (path.length > 0) return `gives ${actual} for ${path.join('.')}, ${reason}`;
  const hint =
    actual === 'an object' && reason.endsWith(' is not an object type')
      ? ': begin the path with "$."'
      : '';
  return `gives ${actual}, ${reason}${hint}`;
}

const namedNode = (type: TypeNode): TypeNode =>
  type.kind === Kind.NAMED_TYPE ? type : namedNode(type.type);
