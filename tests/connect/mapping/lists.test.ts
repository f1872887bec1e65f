import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

const USERS = {
  users: [
    { name: 'A', active: true, age: 20 },
    { name: 'B', active: false, age: 40 },
    { name: 'C', active: true, age: 60 },
  ],
};

describe('->map', () => {
  itGives([
    ['$->map(@)', [1, 2], [1, 2]],
    ['$->map(@->mul(2))', [1, 2], [2, 4]],
    ['$->map(@->mul(2))', 27, [54]],
    ['$->map(@)', null, [null]],
    ['$->map(@)', [], []],
    ['$->map("x")', [1, 2], ['x', 'x']],
    ['users->map(@.name)', USERS, ['A', 'B', 'C']],
    ['users->map({ n: @.name })->first', USERS, { n: 'A' }],
    ['users->map({ n: @.name }) { n }', USERS, [{ n: 'A' }, { n: 'B' }, { n: 'C' }]],
    ['users->map($ ->echo(1))', USERS, [1, 1, 1]],
    ['list->map($.factor->mul(@))', { list: [1, 2], factor: 3 }, [9, 9]],
    ['list->map(factor->mul(@))', { list: [1, 2], factor: 3 }, [9, 9]],
    ['list->map(@->mul($.factor))', { list: [1, 2], factor: 3 }, [3, 6]],
    ['$->map(@->first?)', [[null], [1]], [null, 1]],
    ['$->map(@->map(@->add(1)))', [[1], [2, 3]], [[2], [3, 4]]],
    ['$.a->map(@)', { a: { b: 1 } }, [{ b: 1 }]],
  ]);
  itReports([
    ['$->map', [1], undefined, ['->map takes at least 1 argument, but got 0 @ ']],
    ['$->map()', [1], undefined, ['->map takes at least 1 argument, but got 0 @ ']],
    ['a->map(@.b)', { a: [{ b: 1 }, {}] }, [1, null], ['Property "b" not found in object @ a.1.b']],
  ]);
});

describe('->filter and ->find', () => {
  itGives([
    ['users->filter(@.active)->map(@.name)', USERS, ['A', 'C']],
    ['users->filter(@.age->gt(100))', USERS, []],
    ['$->filter(@->mod(2)->eq(0))', [1, 2, 3, 4], [2, 4]],
    ['$->filter(@->eq(1))', 1, [1]],
    ['$->filter(@->eq(2))', 1, []],
    ['$->filter(true)', [], []],
    ['users->filter(@.active)->filter(@.age->gt(30)) { name }', USERS, [{ name: 'C' }]],
    [
      'users->filter(@->as($u)->echo($u.active)->and($u.age->gt(30))) { name }',
      USERS,
      [{ name: 'C' }],
    ],
    ['users->find(@.age->gt(30)).name', USERS, 'B'],
    ['users->find(@.age->gt(90))', USERS, undefined],
    ['$->find(@->gt(1))', [1, 2, 3], 2],
    ['$->find(true)', [], undefined],
    ['$->find(@->eq(1))', 1, 1],
    ['$->find(@->eq(2))', 1, undefined],
    ['users->find(@.name->eq($args.name)).age', USERS, 40, { $args: { name: 'B' } }],
  ]);
  itReports([
    ['$->filter', [1], undefined, ['->filter takes at least 1 argument, but got 0 @ ']],
    ['$->find()', [1], undefined, ['->find takes at least 1 argument, but got 0 @ ']],
    [
      '$->filter(@)',
      [true, 1],
      undefined,
      ['The condition of ->filter must give true or false, but gave number @ '],
    ],
    [
      '$->filter(null)',
      1,
      undefined,
      ['The condition of ->filter must give true or false, but gave null @ '],
    ],
    [
      '$->find(@)',
      [false, 'x', true],
      undefined,
      ['The condition of ->find must give true or false, but gave string @ '],
    ],
    [
      'users->filter(@.active->and(@.age))',
      { users: [{ active: true, age: 1 }] },
      undefined,
      [
        'Property "age" not found in boolean @ users.0.age',
        'The condition of ->filter must give true or false, but gave nothing @ users',
      ],
    ],
  ]);
});

describe('->first, ->last, ->get and ->slice', () => {
  itGives([
    ['$->first', [1, 2, 3], 1],
    ['$->last', [1, 2, 3], 3],
    ['$->first', [], undefined],
    ['$->last', [], undefined],
    ['x: $->first', [], []],
    ['$->first', [null], null],
    ['$->first', 'abc', 'a'],
    ['$->last', 'abc', 'c'],
    ['$->first', '', undefined],
    ['$->last', '', undefined],
    ['$->last', 'a😀', '😀'],
    ['$->get(0)', ['a', 'b'], 'a'],
    ['$->get(-1)', ['a', 'b'], 'b'],
    ['$->get(-2)', ['a', 'b'], 'a'],
    ['$->get(2)', 'abc', 'c'],
    ['$->get(-1)', 'abc', 'c'],
    ['$->get("a")', { a: 1 }, 1],
    ['$->get("a b")', { 'a b': 1 }, 1],
    ['$->get($.key)', { key: 'b', b: 2 }, 2],
    ['$->get("a")', { a: null }, null],
    ['$->slice(0, 2)', [1, 2, 3], [1, 2]],
    ['$->slice(1)', [1, 2, 3], [2, 3]],
    ['$->slice(1, 3)', 'abcdef', 'bc'],
    ['$->slice(0, 2)', 'DEU', 'DE'],
    ['$->slice(0, 99)', 'abc', 'abc'],
    ['$->slice(-2)', [1, 2, 3], [1, 2, 3]],
    ['$->slice(2, 1)', [1, 2, 3], []],
    ['$->slice(2, 1)', 'abc', ''],
    ['$->slice(5)', [1], []],
    ['$->slice', [1, 2], [1, 2]],
    ['$->slice()', 'ab', 'ab'],
    ['$->slice("x", null)', [1, 2], [1, 2]],
    ['$->slice(0, 1)', '😀b', '😀'],
  ]);
  itReports([
    ['$->first', 5, 5, ['->first takes a list or a text, but got number @ ']],
    ['$->last', null, null, ['->last takes a list or a text, but got null @ ']],
    ['$->first()', [1], undefined, ['->first takes no arguments and no parentheses @ ']],
    ['$->last(1)', [1], undefined, ['->last takes no arguments and no parentheses @ ']],
    ['$->get', [1], undefined, ['->get takes at least 1 argument, but got 0 @ ']],
    ['$->get(5)', [1], undefined, ['->get found nothing at 5 of the list @ ']],
    ['$->get(-2)', [1], undefined, ['->get found nothing at -2 of the list @ ']],
    ['$->get(9)', 'abc', undefined, ['->get found nothing at 9 of the string @ ']],
    ['$->get("b")', { a: 1 }, undefined, ['->get found nothing at b of the object @ ']],
    [
      '$->get("constructor")',
      {},
      undefined,
      ['->get found nothing at constructor of the object @ '],
    ],
    ['$->get("0")', [1], undefined, ['->get needs an integer here, but got string @ ']],
    ['$->get(1.5)', [1, 2], undefined, ['->get needs an integer here, but got number @ ']],
    ['$->get(0)', { 0: 1 }, undefined, ['->get needs a property name here, but got number @ ']],
    ['$->get(0)', 5, undefined, ['->get takes a list, a text or an object, but got number @ ']],
    ['$->slice(0, 1)', 5, undefined, ['->slice takes a list or a text, but got number @ ']],
    ['$->slice(0)', null, undefined, ['->slice takes a list or a text, but got null @ ']],
  ]);
});

describe('->size and ->joinNotNull', () => {
  itGives([
    ['$->size', [1, 2], 2],
    ['$->size', [], 0],
    ['$->size', 'abc', 3],
    ['$->size', '', 0],
    ['$->size', 'é😀', 2],
    ['$->size', { a: 1, b: 2 }, 2],
    ['$->size', {}, 0],
    ['$->joinNotNull(",")', ['a', null, 'b'], 'a,b'],
    ['$->joinNotNull("")', ['a', 'b'], 'ab'],
    ['$->joinNotNull(", ")', [], ''],
    ['$->joinNotNull(",")', [null, null], ''],
    ['$->joinNotNull("-")', [1, true, 2.5, ''], '1-true-2.5-'],
    ['$->joinNotNull(",")', 'one', 'one'],
    ['$->joinNotNull(",")', null, ''],
    ['$->joinNotNull(",")', 5, '5'],
    ['$([first, $.nope?, last])->joinNotNull(" ")', { first: 'A', last: 'B' }, 'A B'],
    ['$->joinNotNull(",")', [9007199254740993n], '9007199254740993'],
  ]);
  itReports([
    ['$->size', 5, undefined, ['->size takes a list, a text or an object, but got number @ ']],
    ['$->size', null, undefined, ['->size takes a list, a text or an object, but got null @ ']],
    ['$->size()', [], undefined, ['->size takes no arguments and no parentheses @ ']],
    ['$->joinNotNull', ['a'], undefined, ['->joinNotNull takes at least 1 argument, but got 0 @ ']],
    [
      '$->joinNotNull(1)',
      ['a'],
      undefined,
      ['->joinNotNull needs a text between the items, but got number @ '],
    ],
    [
      '$->joinNotNull(",")',
      [['a']],
      undefined,
      ['->joinNotNull takes texts, numbers and booleans, but got a list or an object @ '],
    ],
    [
      '$->joinNotNull(",")',
      { a: 1 },
      undefined,
      ['->joinNotNull takes texts, numbers and booleans, but got a list or an object @ '],
    ],
  ]);
});
