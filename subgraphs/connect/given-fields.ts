import { type Mapping, type Shape, shapeOf } from './mapping/mapping.ts';

/** The fields of the objects that a mapping gives; lists are as their items. */
export type GivenFields = ReadonlyMap<string, GivenFields | undefined>;

/** @returns undefined where the mapping does not name the fields of what it gives */
export const fieldsGivenBy = (mapping: Mapping): GivenFields | undefined =>
  fieldsOf(shapeOf(mapping));

function fieldsOf(shape: Shape): GivenFields | undefined {
  switch (shape.kind) {
    case 'object':
      return shape.open
        ? undefined
        : new Map([...shape.fields].map(([name, below]) => [name, fieldsOf(below)]));
    case 'each':
    case 'list':
      return fieldsOf(shape.of);
    case 'either': {
      // What a list does not have, an object does not carry.
      const [only, ...others] = shape.shapes.filter(({ kind }) => kind !== 'nothing');
      return only === undefined || others.length > 0 ? undefined : fieldsOf(only);
    }
    case 'anything':
    case 'literal':
    case 'nothing':
    case 'scalar':
      return undefined;
  }
}
