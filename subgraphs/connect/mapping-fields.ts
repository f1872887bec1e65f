import { type Mapping, type Shape, shapeOf } from './mapping/mapping.ts';

/** The fields of the objects that a mapping gives; lists are as their items. */
export type ProvidedFields = ReadonlyMap<string, ProvidedFields | undefined>;

export type ObjectShape = Extract<Shape, { readonly kind: 'object' }>;

/** @returns undefined where the mapping does not name the fields of what it gives */
export const fieldsProvidedBy = (mapping: Mapping): ProvidedFields | undefined =>
  fieldsOf(shapeOf(mapping));

export function fieldsOf(shape: Shape): ProvidedFields | undefined {
  const [only, ...others] = objectsIn(shape) ?? [];
  // What one alternative does not have, an object may not carry.
  if (only === undefined || only.open || others.length > 0) return undefined;
  return new Map([...only.fields].map(([name, below]) => [name, fieldsOf(below)]));
}

/** The objects that a shape can be, lists as their items. @returns undefined where it can be something else than them and null */
export function objectsIn(shape: Shape): readonly ObjectShape[] | undefined {
  switch (shape.kind) {
    case 'object':
      return [shape];
    case 'each':
    case 'list':
      return objectsIn(shape.of);
    case 'either': {
      const found = shape.shapes.map(objectsIn);
      return found.includes(undefined) ? undefined : found.flatMap((objects) => objects ?? []);
    }
    case 'nothing':
      return [];
    case 'literal':
      return shape.value === null ? [] : undefined;
    case 'anything':
    case 'scalar':
      return undefined;
  }
}
