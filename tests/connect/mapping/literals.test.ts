import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

describe('a literal in $( )', () => {
  itGives([
    ['$("text")', null, 'text'],
    ["$('text')", null, 'text'],
    ['$("")', null, ''],
    ['$("it\'s")', null, "it's"],
    ['$("a \\"b\\" \\\\ \\n c")', null, 'a "b" \\ \n c'],
    ['$("tab\\tis t")', null, 'tabtis t'],
    ['$("# no comment")', null, '# no comment'],
    ['$("é 😀")', null, 'é 😀'],
    ['$("two\nlines")', null, 'two\nlines'],
    ['$(1)', null, 1],
    ['$(-1)', null, -1],
    ['$(- 1)', null, -1],
    ['$(0)', null, 0],
    ['$(007)', null, 7],
    ['$(1.5)', null, 1.5],
    ['$(5.)', null, 5],
    ['$(.5)', null, 0.5],
    ['$(-.5)', null, -0.5],
    ['$(true)', null, true],
    ['$(false)', null, false],
    ['$(null)', null, null],
    ['$([])', null, []],
    ['$([1, "a", null, [true]])', null, [1, 'a', null, [true]]],
    ['$([1, 2,])', null, [1, 2]],
    ['$({})', null, {}],
    ['$({ a: 1, "b c": "d" })', null, { a: 1, 'b c': 'd' }],
    ['$({ a: 1, })', null, { a: 1 }],
    ['$({ a: { b: [x] } })', { x: 1 }, { a: { b: [1] } }],
    ['$([a, $.b, @.c])', { a: 1, b: 2, c: 3 }, [1, 2, 3]],
    ['$({ a: $args.a })', null, { a: 1 }, { $args: { a: 1 } }],
    ['$( a.b )', { a: { b: 1 } }, 1],
    ['$($(1))', null, 1],
    ['$([1, 2])->last', null, 2],
    ['$({ a: { b: 2 } }).a.b', null, 2],
    ['$({ a: { b: 2 } }.a.b)', null, 2],
    ['$("abc"->size)', null, 3],
    ['$(true->not)', null, false],
    ['$(-1->add(10))', null, 9],
    ['$([1, 2]->first)', null, 1],
    ['$(null?)', null, undefined],
    ['x: $("Book") y: $(5)', {}, { x: 'Book', y: 5 }],
    [
      '$([author { name }, author.name])',
      { author: { name: 'Ben', x: 1 } },
      [{ name: 'Ben' }, 'Ben'],
    ],
  ]);
  itReports([
    ['$([a, b])', { a: 1 }, [1, null], ['Property "b" not found in object @ b']],
    ['$({ x: a, y: b })', { a: 1 }, { x: 1 }, ['Property "b" not found in object @ b']],
  ]);
});

describe('paths in connect/v0.3', () => {
  const INPUT = { Book: 'property', true: 1, false: 2, null: 3 };
  itGives(
    [
      ['a: "Book"', INPUT, { a: 'property' }],
      ["a: 'Book'", INPUT, { a: 'property' }],
      ['a: true', INPUT, { a: 1 }],
      ['a: false', INPUT, { a: 2 }],
      ['a: null', INPUT, { a: 3 }],
      ['"Book"', INPUT, { Book: 'property' }],
      ['true', INPUT, { true: 1 }],
      ['"Book"->size', INPUT, 8],
      ['a: "Book"->size', INPUT, { a: 8 }],
      ['"a b".c', { 'a b': { c: 3 } }, 3],
      ['a: $("Book")', INPUT, { a: 'Book' }],
      ['a: $."Book"', INPUT, { a: 'property' }],
    ],
    ['v0.3'],
  );
});

describe('literals in connect/v0.4', () => {
  const INPUT = { Book: 'property', true: 1, false: 2, null: 3, id: 7 };
  itGives(
    [
      ['a: "Book"', INPUT, { a: 'Book' }],
      ["a: 'Book'", INPUT, { a: 'Book' }],
      ['a: true', INPUT, { a: true }],
      ['a: false', INPUT, { a: false }],
      ['a: null', INPUT, { a: null }],
      ['a: 5 b: -1 c: .5', INPUT, { a: 5, b: -1, c: 0.5 }],
      ['a: [1, id]', INPUT, { a: [1, 7] }],
      ['a: { b: 1, c: id }', INPUT, { a: { b: 1, c: 7 } }],
      ['a: { id b: 1 }', INPUT, { a: { id: 7, b: 1 } }],
      ['a: $("Book")', INPUT, { a: 'Book' }],
      ['a: $."Book"', INPUT, { a: 'property' }],
      ['a: "Book"->size', INPUT, { a: 4 }],
      ['a: id ?? 1 b: $.nope? ?? "x"', INPUT, { a: 7, b: 'x' }],
      ['"Book"', INPUT, 'Book'],
      ['true', INPUT, true],
      ['null', INPUT, null],
      ['5', INPUT, 5],
      ['-5', INPUT, -5],
      ['[id]', INPUT, [7]],
      ['{ id }', INPUT, { id: 7 }],
      ['{ id, x: "y" }', INPUT, { id: 7, x: 'y' }],
      ['"abc"->size', INPUT, 3],
      ['5->add(id)', INPUT, 12],
      ['nope? ?? "x"', INPUT, 'x'],
      ['id, Book', INPUT, { id: 7, Book: 'property' }],
      ['id, Book,', INPUT, { id: 7, Book: 'property' }],
      ['id,', INPUT, { id: 7 }],
      ['a: { id, Book }, b: id', INPUT, { a: { id: 7, Book: 'property' }, b: 7 }],
      ['$ { id, Book }', INPUT, { id: 7, Book: 'property' }],
      ['id Book', INPUT, { id: 7, Book: 'property' }],
      [
        '{\n  channel: $args.channel,\n  thread_ts: $args.threadTs,\n  kind: "message"\n}',
        null,
        { channel: 'C1', thread_ts: '1.2', kind: 'message' },
        { $args: { channel: 'C1', threadTs: '1.2' } },
      ],
    ],
    ['v0.4'],
  );
});
