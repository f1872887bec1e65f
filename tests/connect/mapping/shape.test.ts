import { expect, it } from '@jest/globals';
import {
  type MappingVersion,
  parseMapping,
  type Shape,
  shapeOf,
} from '../../../subgraphs/connect/mapping/mapping.ts';
import { METHODS } from '../../../subgraphs/connect/mapping/methods/method-table.ts';
import { METHOD_SHAPES } from '../../../subgraphs/connect/mapping/shape.ts';

/** `{ id: *, tags: [string] }`; `each` is one or a list, by the input. */
function write(shape: Shape): string {
  switch (shape.kind) {
    case 'anything':
      return '*';
    case 'nothing':
      return 'nothing';
    case 'literal':
      return typeof shape.value === 'bigint'
        ? `${String(shape.value)}n`
        : JSON.stringify(shape.value);
    case 'scalar':
      return shape.type;
    case 'list':
      return `[${write(shape.of)}]`;
    case 'each':
      return `each ${write(shape.of)}`;
    case 'either':
      return shape.shapes.map(write).join(' | ');
    case 'object': {
      const fields = [...shape.fields].map(([key, value]) => `${key}: ${write(value)}`);
      return `{ ${[...fields, ...(shape.open ? ['...'] : [])].join(', ')} }`;
    }
  }
}

const shape = (mapping: string, version: MappingVersion = 'v0.4') =>
  write(shapeOf(parseMapping(mapping, version)));

it.each<[mapping: string, shape: string]>([
  ['id name', 'each { id: *, name: * }'],
  ['$.a.b', '*'],
  ['author { name }', 'each { author: each { name: * } }'],
  ['$.author { name }', 'each { name: * }'],
  ['id $.author { name }', 'each { id: *, name: * }'],
  ['a: { b c: 1 }', 'each { a: { b: *, c: 1 } }'],
  ['{ a: 1 }', '{ a: 1 }'],
  ['$(["a", 1])', '["a" | 1]'],
  ['x: $.a ?? "none"', 'each { x: * | "none" }'],
  ['x: tags->split(",")', 'each { x: [string] }'],
  ['x: a->size y: b->parseInt z: c->eq(1)', 'each { x: integer, y: integer, z: boolean }'],
  ['items: $.list->map({ id: @.key, n: 1 })', 'each { items: [{ id: *, n: 1 }] }'],
  ['$.list->map({ id: @.key, n: 1 }) { n }', '[{ n: 1 }]'],
  ['$.list->map({ id: @ })->first.id', '* | nothing'],
  ['x: $.o->entries { key }', 'each { x: [{ key: string }] }'],
  ['$->echo({ a_b: 1 })->keysToCamelCase', '{ aB: 1 }'],
  ['x: s->match(["a", "A"], [@, "OTHER"])', 'each { x: "A" | "OTHER" }'],
  ['x: s->match(["a", "A"])', 'each { x: "A" | nothing }'],
  ['id ... a', 'each { id: *, ... }'],
  ['id ... a { b }', 'each { id: *, b: * }'],
  [
    'id ... k->match(["b", { __typename: "Book", pages }], ["m", { __typename: "Movie" }], [@, null])',
    'each { id: *, __typename: "Book", pages: * } | { id: *, __typename: "Movie" } | null',
  ],
  ['$->as($x, 5)->echo($x)', '5'],
  ['$->echo({ a: 1 }).b', 'nothing'],
])('%s can give %s', (mapping, expected) => {
  expect(shape(mapping)).toBe(expected);
});

it('the shape follows the version: a quoted text is a property in v0.3', () => {
  expect(shape('a: "Book"', 'v0.3')).toBe('each { a: * }');
  expect(shape('a: "Book"', 'v0.4')).toBe('each { a: "Book" }');
});

it('each method but ->as, which gives its input, has a shape', () => {
  expect([...Object.keys(METHOD_SHAPES), 'as'].sort()).toEqual(Object.keys(METHODS).sort());
});

it('the shape of nested alternatives is bounded', () => {
  const pairs = Array.from(
    { length: 20 },
    (_, index) => `[${String(index)}, { a: ${String(index)} }]`,
  ).join(', ');
  const nested = (depth: number): string =>
    depth === 0 ? '@' : `$->match(${pairs})->echo(${nested(depth - 1)})`;
  expect(() => shape(nested(40))).not.toThrow();
});
