import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

describe('->eq and ->ne', () => {
  itGives([
    ['$->eq(1)', 1, true],
    ['$->eq(1)', 2, false],
    ['$->eq(1.0)', 1, true],
    ['$->eq("1")', 1, false],
    ['$->eq("a")', 'a', true],
    ['$->eq(null)', null, true],
    ['$->eq(false)', null, false],
    ['$->eq([1, { a: 2 }])', [1, { a: 2 }], true],
    ['$->eq({ b: 2, a: 1 })', { a: 1, b: 2 }, true],
    ['$->eq({ a: 1 })', { a: 1, b: 2 }, false],
    ['$->eq([1])', [1, 2], false],
    ['$->eq(9007199254740993)', 9007199254740993n, true],
    ['$->eq(9007199254740992)', 9007199254740993n, false],
    ['$->ne(1)', 1, false],
    ['$->ne(1)', 2, true],
    ['$->ne("")', 'x', true],
    ['$->ne([])', [], false],
    ['a->eq(b)', { a: 1, b: 1 }, true],
  ]);
  itReports([
    ['$->eq', 1, undefined, ['->eq takes 1 argument, but got 0 @ ']],
    ['$->ne(1, 2)', 1, undefined, ['->ne takes 1 argument, but got 2 @ ']],
    ['a->eq(b)', { a: 1 }, undefined, ['Property "b" not found in object @ b']],
  ]);
});

describe('->gt, ->gte, ->lt and ->lte', () => {
  itGives([
    ['$->gt(1)', 2, true],
    ['$->gt(2)', 2, false],
    ['$->gte(2)', 2, true],
    ['$->gte(3)', 2, false],
    ['$->lt(3)', 2, true],
    ['$->lt(2)', 2, false],
    ['$->lte(2)', 2, true],
    ['$->lte(1.5)', 2, false],
    ['$->gt(-1)', 0, true],
    ['$->gt("a")', 'b', true],
    ['$->lt("b")', 'a', true],
    ['$->gte("a")', 'a', true],
    ['$->lte("a")', 'b', false],
    ['$->gt(9007199254740992)', 9007199254740993n, true],
    ['$->lt(9007199254740993)', 1.5, true],
  ]);
  itReports([
    [
      '$->gt("1")',
      2,
      undefined,
      ['->gt compares two numbers or two texts, but got number and string @ '],
    ],
    [
      '$->lt(1)',
      null,
      undefined,
      ['->lt compares two numbers or two texts, but got null and number @ '],
    ],
    [
      '$->gte(true)',
      true,
      undefined,
      ['->gte compares two numbers or two texts, but got boolean and boolean @ '],
    ],
    ['$->lte', 1, undefined, ['->lte takes at least 1 argument, but got 0 @ ']],
  ]);
});

describe('->and, ->or and ->not', () => {
  itGives([
    ['$->and(true)', true, true],
    ['$->and(false)', true, false],
    ['$->and(true, false)', true, false],
    ['$->and(1)', false, false],
    ['$->or(true)', false, true],
    ['$->or(false, true)', false, true],
    ['$->or(1)', true, true],
    ['$->or(false)', false, false],
    ['$->not', true, false],
    ['$->not->not', true, true],
    ['a->and($.b)->and(c)', { a: true, b: true, c: true }, true],
    ['a->not->or(b)', { a: true, b: true }, true],
    ['$status->gte(200)->and($status->lt(300))', null, true, { $status: 204 }],
  ]);
  itReports([
    ['$->and(1)', true, true, ['An argument of ->and must be true or false, but is number @ ']],
    ['$->or("x")', false, false, ['An argument of ->or must be true or false, but is string @ ']],
    ['$->and(true)', 1, undefined, ['->and takes true or false, but got number @ ']],
    ['$->or(true)', null, undefined, ['->or takes true or false, but got null @ ']],
    ['$->not', 'x', undefined, ['->not takes true or false, but got string @ ']],
    ['$->not()', true, undefined, ['->not takes no arguments and no parentheses @ ']],
    ['$->and', true, undefined, ['->and takes at least 1 argument, but got 0 @ ']],
    ['a->and(b)', { a: true }, undefined, ['Property "b" not found in object @ b']],
  ]);
});

describe('->in and ->contains', () => {
  itGives([
    ['$->in([123, 456])', 123, true],
    ['$->in([456])', 123, false],
    ['$->in([])', null, false],
    ['$->in(["a", null])', null, true],
    ['$->in([{ a: 1 }])', { a: 1 }, true],
    ['$->contains(123)', [123, 456], true],
    ['$->contains(1)', [], false],
    ['$->contains({ a: 1 })', [{ a: 1 }], true],
    ['$->contains("a")', ['A'], false],
  ]);
  itReports([
    ['$->in("a", "b")', 'a', undefined, ['->in takes 1 argument, but got 2 @ ']],
    ['$->in("abc")', 'a', undefined, ['The argument of ->in must be a list, but is string @ ']],
    ['$->contains("a")', 'abc', undefined, ['->contains takes a list, but got string @ ']],
    ['$->contains', [], undefined, ['->contains takes 1 argument, but got 0 @ ']],
  ]);
});
