import { expect, it } from '@jest/globals';
import { evaluate, parseMapping } from '../../../subgraphs/connect/mapping/mapping.ts';

it('a property that is missing in a thousand items is one problem with a count, its first path and its position', () => {
  const items = Array.from({ length: 1000 }, (_, id) => ({ id }));
  const { problems } = evaluate(parseMapping('items {\n  id name\n}', 'v0.3'), { items });
  expect(problems).toEqual([
    {
      kind: 'missing_property',
      message: 'Property "name" not found in object',
      path: ['items', 0, 'name'],
      position: 13,
      line: 2,
      column: 6,
      count: 1000,
    },
  ]);
});

it('at most a hundred problems are reported', () => {
  const names = Array.from({ length: 500 }, (_, index) => `n${String(index)}`).join(' ');
  expect(evaluate(parseMapping(names, 'v0.3'), {}).problems).toHaveLength(100);
});

it('a property named __proto__ is data like any other', () => {
  const input: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
  const { value } = evaluate(parseMapping('__proto__ x: $.__proto__.polluted', 'v0.3'), input);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"x":true}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});
