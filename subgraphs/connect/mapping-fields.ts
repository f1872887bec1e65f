import { type Mapping, type Shape, shapeOf } from './mapping/mapping.ts';

/** The fields of the objects that a mapping returns; a list counts as its items. */
export type ProvidedFields = ReadonlyMap<string, ProvidedFields | undefined>;

export type ObjectShape = Extract<Shape, { readonly kind: 'object' }>;

/** @returns undefined if the mapping does not determine the fields of its result */
export const fieldsProvidedBy = (mapping: Mapping): ProvidedFields | undefined =>
  fieldsOf(shapeOf(mapping));

export function fieldsOf(shape: Shape): ProvidedFields | undefined {
  const [only, ...others] = objectsIn(shape) ?? [];
  // A field that one alternative lacks may be missing.
  if (only === undefined || only.open || others.length > 0) return undefined;
  return new Map([...only.fields].map(([name, below]) => [name, fieldsOf(below)]));
}

/** The object shapes of a shape; a list counts as its items. @returns undefined if it can be something other than an object or null */
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
