import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

const POST = {
  id: 7,
  author: { name: 'Ben', details: { age: 50 } },
  authorID: 'a1',
  some: { nested: { path: { a: 'A', b: 'B', c: 'C' } } },
};

describe('names', () => {
  itGives([
    ['', { a: 1 }, {}],
    ['# only a comment', { a: 1 }, {}],
    ['id', { id: 1 }, { id: 1 }],
    ['id?', { id: 1 }, { id: 1 }],
    ['id?', { id: null }, {}],
    ['id?', {}, {}],
    ['id name', { id: 1, name: null, other: 2 }, { id: 1, name: null }],
    ['id\nname', { id: 1, name: 'n' }, { id: 1, name: 'n' }],
    ['id # the id\nname # the name', { id: 1, name: 'n' }, { id: 1, name: 'n' }],
    ['key: id', { id: 1 }, { key: 1 }],
    ['key : id', { id: 1 }, { key: 1 }],
    ['a: a.b', { a: { b: 2 } }, { a: 2 }],
    ['"a b": id', { id: 1 }, { 'a b': 1 }],
    ['x: $."a b"', { 'a b': 1 }, { x: 1 }],
    ["'a b' c", { 'a b': 1, c: 2 }, { 'a b': 1, c: 2 }],
    ['true false null', { true: 1, false: 2, null: 3 }, { true: 1, false: 2, null: 3 }],
    ['id', [{ id: 1 }, { id: 2 }], [{ id: 1 }, { id: 2 }]],
    ['id', [], []],
    ['x: $', 5, { x: 5 }],
    ['x: @', { a: 1 }, { x: { a: 1 } }],
    ['__typename: $("Book") id', { id: 1 }, { __typename: 'Book', id: 1 }],
    ['first: id second: id', { id: 1 }, { first: 1, second: 1 }],
    ['query: a match: b', { a: 1, b: 2 }, { query: 1, match: 2 }],
  ]);
});

describe('a sub-selection', () => {
  itGives([
    ['author { name }', POST, { author: { name: 'Ben' } }],
    ['$.author { name }', POST, { name: 'Ben' }],
    ['author.details { age }', POST, { age: 50 }],
    [
      'author { name } some.nested.path { a b c }',
      POST,
      { author: { name: 'Ben' }, a: 'A', b: 'B', c: 'C' },
    ],
    ['abc: some.nested.path { a b c }', POST, { abc: { a: 'A', b: 'B', c: 'C' } }],
    ['id $.some.nested { path { a } }', POST, { id: 7, path: { a: 'A' } }],
    ['author { details { age } }', POST, { author: { details: { age: 50 } } }],
    ['author? { name }', POST, { author: { name: 'Ben' } }],
    ['nobody? { name }', POST, {}],
    ['$.nobody? { name }', POST, undefined],
    ['author { }', POST, { author: {} }],
    ['items { id }', { items: [{ id: 1 }, { id: 2 }] }, { items: [{ id: 1 }, { id: 2 }] }],
    ['items { id }', { items: [] }, { items: [] }],
    ['items { id }', { items: [[{ id: 1 }], []] }, { items: [[{ id: 1 }], []] }],
    ['$.items { id }', { items: [{ id: 1 }] }, [{ id: 1 }]],
    ['friends: ids { id: $ }', { ids: [1, 2] }, { friends: [{ id: 1 }, { id: 2 }] }],
    ['friends: ids { id: @ }', { ids: [1, 2] }, { friends: [{ id: 1 }, { id: 2 }] }],
    ['a { b: $.c d: @.c e: c }', { a: { c: 1 } }, { a: { b: 1, d: 1, e: 1 } }],
    ['$.list->first { id }', { list: [{ id: 1 }] }, { id: 1 }],
    ['pairs: $.o->entries { key value }', { o: { a: 1 } }, { pairs: [{ key: 'a', value: 1 }] }],
    ['id: $args.id', undefined, { id: 9 }, { $args: { id: 9 } }],
    ['x: $args { a b }', {}, { x: { a: 1, b: 2 } }, { $args: { a: 1, b: 2, c: 3 } }],
    [
      'author { id: $args.id name }',
      POST,
      { author: { id: 9, name: 'Ben' } },
      { $args: { id: 9 } },
    ],
    [
      'data { id } next: meta.next',
      { data: [{ id: 1 }], meta: { next: 'c' } },
      { data: [{ id: 1 }], next: 'c' },
    ],
    [
      'choices->first.message { role }',
      { choices: [{ message: { role: 'r', x: 1 } }] },
      { role: 'r' },
    ],
  ]);
  itReports([
    ['a b', { a: 1 }, { a: 1 }, ['Property "b" not found in object @ b']],
    ['a { b }', { a: {} }, { a: {} }, ['Property "b" not found in object @ a.b']],
    ['a { b }', { a: 'text' }, { a: 'text' }, ['Property "b" not found in string @ a.b']],
    ['a { b }', { a: null }, { a: null }, ['Property "b" not found in null @ a.b']],
    ['a { b }', {}, {}, ['Property "a" not found in object @ a']],
    [
      'a { b }',
      { a: [{ b: 1 }, {}] },
      { a: [{ b: 1 }, {}] },
      ['Property "b" not found in object @ a.1.b'],
    ],
    ['x: a.b.c', { a: {} }, {}, ['Property "b" not found in object @ a.b']],
    ['x: a.b', { a: 5 }, {}, ['Property "b" not found in number @ a.b']],
    ['x: $args.id', {}, {}, ['There is no variable $args here @ ']],
    [
      'a b',
      null,
      null,
      ['Property "a" not found in null @ a', 'Property "b" not found in null @ b'],
    ],
    ['a', undefined, undefined, ['Property "a" not found in null @ a']],
    [
      'toString constructor',
      {},
      {},
      [
        'Property "toString" not found in object @ toString',
        'Property "constructor" not found in object @ constructor',
      ],
    ],
    [
      'x: list.length',
      { list: [1] },
      { x: [null] },
      ['Property "length" not found in number @ list.0.length'],
    ],
  ]);
});

describe('a group', () => {
  itGives([
    ['author: { id: authorID }', POST, { author: { id: 'a1' } }],
    [
      'id author: { id: authorID name: author.name }',
      POST,
      { id: 7, author: { id: 'a1', name: 'Ben' } },
    ],
    ['a: { b: { c: id } }', POST, { a: { b: { c: 7 } } }],
    [
      'items { x: { id name } }',
      { items: [{ id: 1, name: 'n' }] },
      { items: [{ x: { id: 1, name: 'n' } }] },
    ],
    ['a: { $.author { name } id }', POST, { a: { name: 'Ben', id: 7 } }],
  ]);
});

describe('equal names', () => {
  itGives([
    ['a: x a: y', { x: { p: 1 }, y: { q: 2 } }, { a: { p: 1, q: 2 } }],
    ['a: x a: y', { x: 1, y: 2 }, { a: 2 }],
    ['a: x a: y', { x: [{ p: 1 }], y: [{ q: 2 }, { q: 3 }] }, { a: [{ p: 1, q: 2 }, { q: 3 }] }],
    ['a: x a: y', { x: { p: 1 }, y: null }, { a: null }],
    ['a: x a: y', { x: null, y: 1 }, { a: null }],
    ['$.x { p } $.y { p q }', { x: { p: 1 }, y: { p: 2, q: 3 } }, { p: 2, q: 3 }],
  ]);
  itReports([
    [
      'a: x a: y',
      { x: 1, y: 't' },
      { a: 't' },
      ['Two values have this name, number and string: the later one stays @ '],
    ],
    [
      'id $.x { p }',
      { id: 1, x: [{ p: 1 }] },
      { id: 1 },
      ['Only an object or null can be spread, but got list @ '],
    ],
    [
      'items { $.id }',
      { items: [{ id: 1 }] },
      { items: [1] },
      ['Two values have this name, object and number: the later one stays @ items.0'],
    ],
  ]);
});

describe('a spread', () => {
  itGives(
    [
      ['... a', { a: { b: 1 } }, { b: 1 }],
      ['id ... a', { id: 1, a: { b: 2 } }, { id: 1, b: 2 }],
      ['... a ... b', { a: { x: 1 }, b: { y: 2 } }, { x: 1, y: 2 }],
      ['id, ...a, c', { id: 1, a: { b: 2 }, c: 3 }, { id: 1, b: 2, c: 3 }],
      ['id ... { x: 1, y: id }', { id: 1 }, { id: 1, x: 1, y: 1 }],
      ['id ... $.a { b }', { id: 1, a: { b: 2, c: 3 } }, { id: 1, b: 2 }],
      ['id ... a', { id: 1, a: null }, null],
      ['items { ... a }', { items: [{ a: { b: 1 } }, { a: null }] }, { items: [{ b: 1 }, null] }],
      [
        'id ... kind->match(["book", { __typename: "Book", pages: pages }], [@, null])',
        { id: 1, kind: 'book', pages: 3 },
        { id: 1, __typename: 'Book', pages: 3 },
      ],
      [
        'id ... kind->match(["movie", { __typename: "Movie", minutes }], [@, null])',
        { id: 1, kind: 'movie', minutes: 9 },
        { id: 1, __typename: 'Movie', minutes: 9 },
      ],
      [
        'id ... kind->match(["book", $ { __typename: $("Book") pages }], [@, null])',
        { id: 1, kind: 'book', pages: 3 },
        { id: 1, __typename: 'Book', pages: 3 },
      ],
      [
        'id ... kind->match(["book", { __typename: "Book" }], [@, null])',
        { id: 1, kind: 'podcast' },
        null,
      ],
      [
        '... $(radius ?? "none")->match(["none", { __typename: "Rect", width }], [@, { __typename: "Circle", radius }])',
        { width: 2 },
        { __typename: 'Rect', width: 2 },
      ],
    ],
    ['v0.4'],
  );
  itReports(
    [
      [
        'id ... a',
        { id: 1, a: 5 },
        { id: 1 },
        ['Only an object or null can be spread, but got number @ '],
      ],
      [
        'id ... kind->match(["book", {}])',
        { id: 1, kind: 'x' },
        { id: 1 },
        [
          '->match found no [candidate, value] pair for this value @ kind',
          'Only an object or null can be spread, but got nothing @ ',
        ],
      ],
    ],
    ['v0.4'],
  );
});
