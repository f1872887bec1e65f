import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

describe('arithmetic', () => {
  itGives([
    ['$->add(2)', 1, 3],
    ['$->add(2, 3)', 1, 6],
    ['$->add(0.5)', 1, 1.5],
    ['$->sub(2)', 1, -1],
    ['$->sub(1, 2)', 10, 7],
    ['$->mul(2)', 3, 6],
    ['$->mul(1.5)', 2, 3],
    ['$->mul(2, 3)', 4, 24],
    ['$->div(2)', 7, 3.5],
    ['$->div(2)', 8, 4],
    ['$->div(2, 2)', 8, 2],
    ['$->mod(2)', 7, 1],
    ['$->mod(3)', -7, -1],
    ['$->mod(1.5)', 5, 0.5],
    ['$(98.6)->sub(32)->mul(5)->div(9)->parseInt', null, 37],
    ['a->add($.b)->sub(c)', { a: 1, b: 2, c: 3 }, 0],
    ['$->add(1)', 9007199254740992n, 9007199254740993n],
    ['$->add(1)', 9007199254740991, 9007199254740992n],
    ['$->sub(9007199254740992)', 9007199254740993n, 1],
    ['$->mul(3)', 9007199254740991, 27021597764222973n],
    ['$->mod(10)', 9007199254740993n, 3],
  ]);
  itReports([
    ['$->add("1")', 1, undefined, ['->add takes numbers, but got string @ ']],
    ['$->add(1)', '1', undefined, ['->add takes numbers, but got string @ ']],
    ['$->sub(null)', 1, undefined, ['->sub takes numbers, but got null @ ']],
    ['$->mul', 1, undefined, ['->mul takes at least 1 argument, but got 0 @ ']],
    ['$->div(0)', 1, undefined, ['->div of 1 and 0 is no 64-bit number @ ']],
    ['$->mod(0)', 1, undefined, ['->mod of 1 and 0 is no 64-bit number @ ']],
    [
      '$->add(9223372036854775807)',
      1,
      undefined,
      ['->add of 1 and 9223372036854775807 is no 64-bit number @ '],
    ],
    ['$->add(1)', [1], undefined, ['->add takes numbers, but got list @ ']],
  ]);
});

describe('->parseInt', () => {
  itGives([
    ['$->parseInt', '42', 42],
    ['$->parseInt', '-42', -42],
    ['$->parseInt', '+7', 7],
    ['$->parseInt', '007', 7],
    ['$->parseInt', 42, 42],
    ['$->parseInt', 42.9, 42],
    ['$->parseInt', -42.9, -42],
    ['$->parseInt(16)', 'ff', 255],
    ['$->parseInt(16)', 'FF', 255],
    ['$->parseInt(2)', '1010', 10],
    ['$->parseInt(36)', 'z', 35],
    ['$->parseInt', '9007199254740993', 9007199254740993n],
    ['$->parseInt->toString', '9007199254740993', '9007199254740993'],
    ['$->parseInt', '-9223372036854775808', -9223372036854775808n],
  ]);
  itReports([
    [
      '$->parseInt',
      'abc',
      undefined,
      ['->parseInt found no 64-bit integer of base 10 in "abc" @ '],
    ],
    ['$->parseInt', '', undefined, ['->parseInt found no 64-bit integer of base 10 in "" @ ']],
    [
      '$->parseInt',
      '1.5',
      undefined,
      ['->parseInt found no 64-bit integer of base 10 in "1.5" @ '],
    ],
    ['$->parseInt', ' 1', undefined, ['->parseInt found no 64-bit integer of base 10 in " 1" @ ']],
    [
      '$->parseInt',
      '9223372036854775808',
      undefined,
      ['->parseInt found no 64-bit integer of base 10 in "9223372036854775808" @ '],
    ],
    [
      '$->parseInt(2)',
      '12',
      undefined,
      ['->parseInt found no 64-bit integer of base 2 in "12" @ '],
    ],
    ['$->parseInt', true, undefined, ['->parseInt takes a text or a number, but got boolean @ ']],
    ['$->parseInt', null, undefined, ['->parseInt takes a text or a number, but got null @ ']],
    [
      '$->parseInt(1)',
      '1',
      undefined,
      ['The base of ->parseInt must be an integer from 2 to 36 @ '],
    ],
    [
      '$->parseInt(37)',
      '1',
      undefined,
      ['The base of ->parseInt must be an integer from 2 to 36 @ '],
    ],
    [
      '$->parseInt("x")',
      '1',
      undefined,
      ['The base of ->parseInt must be an integer from 2 to 36 @ '],
    ],
    ['$->parseInt(10, 2)', '1', undefined, ['->parseInt takes 0 to 1 argument, but got 2 @ ']],
  ]);
});

describe('integers above 2^53', () => {
  itGives([
    ['$(9007199254740993)', null, 9007199254740993n],
    ['$(-9007199254740993)', null, -9007199254740993n],
    ['$(9007199254740993)->toString', null, '9007199254740993'],
    ['id', { id: 9007199254740993n }, { id: 9007199254740993n }],
    ['id: id->jsonStringify', { id: 9007199254740993n }, { id: '9007199254740993' }],
    ['$->jsonParse.id', '{"id": 9007199254740993}', 9007199254740993n],
    ['$->jsonParse.id->toString', '{"id": 12345678901234567890}', '12345678901234567890'],
    [
      '$->jsonParse->jsonStringify',
      '[9007199254740993,"9007199254740993",1.5]',
      '[9007199254740993,"9007199254740993",1.5]',
    ],
  ]);
});
