import { describe, expect, it } from '@jest/globals';
import {
  fieldNames,
  leafPaths,
  parseFieldSet,
  printFieldSet,
} from '../../../gateway/supergraph/field-set.ts';

const SETS: readonly (readonly [string, string, string, readonly string[], readonly string[]])[] = [
  ['one field', ' id ', 'id', ['id'], ['id']],
  ['several fields', 'id, name', 'id name', ['id', 'name'], ['id', 'name']],
  [
    'fields of an object',
    'id owner { id address { city } }',
    'id owner{id address{city}}',
    ['id', 'owner'],
    ['id', 'owner.id', 'owner.address.city'],
  ],
  [
    'arguments',
    'price(in: "EUR", rounded: true) { amount }',
    'price(in:"EUR" rounded:true){amount}',
    ['price'],
    ['price.amount'],
  ],
  [
    'lists as arguments',
    'sizes(of: ["a", "b"], at: [[1, 2], []])',
    'sizes(of:["a" "b"]at:[[1 2][]])',
    ['sizes'],
    ['sizes'],
  ],
  [
    'objects as arguments',
    'near(point: { x: 1.5, tags: [A] })',
    'near(point:{x:1.5 tags:[A]})',
    ['near'],
    ['near'],
  ],
  [
    'aliases',
    'first: name second: name',
    'first:name second:name',
    ['name', 'name'],
    ['name', 'name'],
  ],
  [
    'inline fragments',
    '... on Book { title } ... on Film { length { minutes } }',
    '...on Book{title}...on Film{length{minutes}}',
    ['title', 'length'],
    ['title', 'length.minutes'],
  ],
  [
    'a fragment without a type below a field',
    'item { ... { id } }',
    'item{...{id}}',
    ['item'],
    ['item.id'],
  ],
  ['__typename', '__typename id', '__typename id', ['__typename', 'id'], ['__typename', 'id']],
];

describe('a field set with', () => {
  it.each(SETS)('%s is read and written', (_what, text, shortest, names, paths) => {
    const fields = parseFieldSet(text);
    expect(printFieldSet(fields)).toBe(shortest);
    expect(parseFieldSet(shortest)).toEqual(fields);
    expect(fieldNames(fields)).toEqual(names);
    expect(leafPaths(fields).map((path) => path.join('.'))).toEqual(paths);
  });
});

describe('a text that is no field set is refused:', () => {
  it.each([
    ['an empty text', ''],
    ['an object without fields', 'owner { }'],
    ['a brace too few', 'owner { id'],
    ['a brace too many', 'id }'],
    ['two of them', 'id } { name'],
    ['one with a definition behind it', 'id } fragment F on Owner { name'],
    ['another language', '$.owner.id'],
  ])('%s', (_what, text) => {
    expect(() => parseFieldSet(text)).toThrow(
      `A field set must be a selection of fields, but is "${text}".`,
    );
  });

  it('the error repeats no more than 100 characters of it', () => {
    expect(() => parseFieldSet('{'.repeat(5000))).toThrow(
      new Error(`A field set must be a selection of fields, but is "${'{'.repeat(100)}".`),
    );
  });
});
