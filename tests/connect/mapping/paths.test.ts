import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

const LIBRARY = {
  author: {
    name: 'Ben',
    articles: [
      { title: 'T1', byline: { place: 'P1' }, tags: ['a', 'b'] },
      { title: 'T2', byline: { place: 'P2' }, tags: ['c'] },
    ],
  },
};

describe('a path', () => {
  itGives([
    ['$', 5, 5],
    ['$', null, null],
    ['@', [1], [1]],
    ['$.a', { a: 1 }, 1],
    ['a.b', { a: { b: 2 } }, 2],
    ['a.b.c', { a: { b: { c: [] } } }, []],
    ['$.a.b', { a: { b: null } }, null],
    ['@.a', { a: 1 }, 1],
    ['$ . a . b', { a: { b: 2 } }, 2],
    ['a\n  .b # the key\n  .c', { a: { b: { c: 3 } } }, 3],
    ['$."a b"', { 'a b': 1 }, 1],
    ["$.'x-id'.y", { 'x-id': { y: 2 } }, 2],
    ['$."say \\"hi\\""', { 'say "hi"': 1 }, 1],
    ["$.'it\\'s'", { "it's": 1 }, 1],
    ['$."two\\nlines"', { 'two\nlines': 1 }, 1],
    ['$."back\\\\slash"', { 'back\\slash': 1 }, 1],
    ['$.""', { '': 1 }, 1],
    ['$.true', { true: 1 }, 1],
    ['$.null.false', { null: { false: 2 } }, 2],
    ['$.size', { size: 3 }, 3],
    ['$._a1', { _a1: 1 }, 1],
  ]);
});

describe('a path through lists', () => {
  itGives([
    ['author.articles.title', LIBRARY, ['T1', 'T2']],
    ['author.articles.byline.place', LIBRARY, ['P1', 'P2']],
    ['author.articles.tags', LIBRARY, [['a', 'b'], ['c']]],
    ['$.a', [{ a: 1 }, { a: 2 }], [1, 2]],
    ['$.a', [[{ a: 1 }], [{ a: 2 }, { a: 3 }]], [[1], [2, 3]]],
    ['$.a', [], []],
    ['$.a.b', [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 3 } }], [[1, 2], 3]],
    ['author.articles.title->first', LIBRARY, 'T1'],
    ['author.articles.tags->last', LIBRARY, ['c']],
    ['author.articles.title->map(@->size)', LIBRARY, [2, 2]],
    ['$(author.articles.title)->map(@->size)', LIBRARY, [2, 2]],
    ['author.articles->first.title', LIBRARY, 'T1'],
  ]);
  itReports([
    ['$.a', [{ a: 1 }, {}], [1, null], ['Property "a" not found in object @ 1.a']],
    ['$.a', [1, { a: 2 }], [null, 2], ['Property "a" not found in number @ 0.a']],
    ['$.x.a', { x: [[{}]] }, [[null]], ['Property "a" not found in object @ x.0.a']],
  ]);
});
