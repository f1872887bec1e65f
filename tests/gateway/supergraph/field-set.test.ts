import { describe, expect, it } from '@jest/globals';
import {
  isComplete,
  leafPaths,
  parseFieldSet,
  printFieldSet,
} from '../../../gateway/supergraph/field-set.ts';

const SETS: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['one field', ' id ', 'id', ['id']],
  ['several fields', 'id, name', 'id name', ['id', 'name']],
  [
    'fields of an object',
    'id owner { id address { city } }',
    'id owner{id address{city}}',
    ['id', 'owner.id', 'owner.address.city'],
  ],
  [
    'arguments',
    'price(in: "EUR", rounded: true) { amount }',
    'price(in:"EUR" rounded:true){amount}',
    ['price.amount'],
  ],
  [
    'lists as arguments',
    'sizes(of: ["a", "b"], at: [[1, 2], []])',
    'sizes(of:["a" "b"]at:[[1 2][]])',
    ['sizes'],
  ],
  [
    'objects as arguments',
    'near(point: { x: 1.5, tags: [A] })',
    'near(point:{x:1.5 tags:[A]})',
    ['near'],
  ],
  ['aliases', 'first: name second: name', 'first:name second:name', ['name', 'name']],
  [
    'inline fragments',
    '... on Book { title } ... on Film { length { minutes } }',
    '...on Book{title}...on Film{length{minutes}}',
    ['title', 'length.minutes'],
  ],
  ['a fragment without a type below a field', 'item { ... { id } }', 'item{...{id}}', ['item.id']],
  ['__typename', '__typename id', '__typename id', ['__typename', 'id']],
];

describe('a field set with', () => {
  it.each(SETS)('%s is read and written', (_what, text, shortest, paths) => {
    const fields = parseFieldSet(text);
    expect(printFieldSet(fields)).toBe(shortest);
    expect(parseFieldSet(shortest)).toEqual(fields);
    expect(leafPaths(fields).map((path) => path.join('.'))).toEqual(paths);
  });
});

describe('an object is complete for a key', () => {
  const paths = leafPaths(parseFieldSet('id owner { code } parts { id }'));
  const whole = { id: 0, owner: { code: '' }, parts: [{ id: 1 }, { id: 2 }] };

  it('with a value at each path', () => {
    expect(isComplete(whole, paths)).toBe(true);
    expect(isComplete({ ...whole, parts: [], note: null }, paths)).toBe(true);
  });

  it.each([
    ['a null', { ...whole, id: null }],
    ['a null below a field', { ...whole, owner: { code: null } }],
    ['a null above a field', { ...whole, owner: null }],
    ['a null among items', { ...whole, parts: [{ id: 1 }, null] }],
    ['a missing field', { ...whole, owner: {} }],
    ['text for an object', { ...whole, owner: 'x' }],
  ])('not with %s', (_what, object) => {
    expect(isComplete(object, paths)).toBe(false);
  });

  it('not by what every object inherits', () => {
    expect(isComplete({}, leafPaths(parseFieldSet('constructor')))).toBe(false);
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
