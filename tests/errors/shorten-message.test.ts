import { describe, expect, it } from '@jest/globals';
import { CodedError } from '../../errors/coded-error.ts';
import { shortenMessage } from '../../errors/shorten-message.ts';
import { codedError, visibleError } from '../../errors/visible-error.ts';

const long = 'x'.repeat(100_000);
const cut = `${'x'.repeat(49)} [...] ${'x'.repeat(49)}`;

describe('a message', () => {
  it.each([
    '',
    'first must be an integer from 1 to 100, but got 0.',
    `Cannot query field "${'x'.repeat(98)}" on type "Query". Did you mean "hello" or ["other"]?`,
    'a sentence of many short words '.repeat(12),
  ])('that repeats nothing at length stays as it is: %j', (message) => {
    expect(shortenMessage(message)).toBe(message);
  });

  it.each([
    ['text in quotation marks', `got "${long}", which is wrong.`, `got "${cut}", which is wrong.`],
    [
      'text with quotation marks in it',
      `got ${JSON.stringify('"'.repeat(1000))}.`,
      /^got ".{49} \[\.\.\.\] .{50}\.$/,
    ],
    [
      'text of many words',
      `got "${'a b '.repeat(1000)}".`,
      /^got "[ab ]{49} \[\.\.\.\] [ab ]{49}"\.$/,
    ],
    [
      'a block of text',
      `found """\n"${'a "b" '.repeat(1000)}"""; String!`,
      /^found .{50} \[\.\.\.\] .{50}; String!$/s,
    ],
    ['two values', `got "${long}"; but "${long}" is wrong`, `got "${cut}"; but "${cut}" is wrong`],
    ['a list', `got [${'1, '.repeat(1000)}]; Int!`, /^got \[.{49} \[\.\.\.\] .{49}\]; Int!$/],
    [
      'an object',
      `got { a: "}", b: { c: [${'1, '.repeat(1000)}] } }; Int!`,
      /^got \{.{49} \[\.\.\.\] .{49}\}; Int!$/,
    ],
    [
      'brackets that are never closed',
      `got ${'['.repeat(10_000)}`,
      /^got \[{50} \[\.\.\.\] \[{50}$/,
    ],
    [
      'quotation marks that are never closed',
      `got "${'a '.repeat(10_000)}`,
      /^got ".{49} \[\.\.\.\] .{50}$/,
    ],
    ['a number', `is ${'9'.repeat(10_000)}.`, /^is 9{50} \[\.\.\.\] 9{49}\.$/],
  ])('leaves out the middle of %s', (_what, message, short) => {
    if (typeof short === 'string') expect(shortenMessage(message)).toBe(short);
    else expect(shortenMessage(message)).toMatch(short);
  });

  it('with too many values keeps its beginning and its end', () => {
    expect(shortenMessage('"a" '.repeat(100))).toBe('"a" '.repeat(100));
    expect(shortenMessage('"a" '.repeat(10_000))).toMatch(/^("a" ){25} \[\.\.\.\] ("a" ){25}$/);
  });

  it('keeps what graphql-js guesses to have been meant, whole or not at all', () => {
    const suggestion =
      ' Did you mean "createdFrom", "createdBefore", "updatedFrom", "updatedBefore", or "closesBefore"?';
    const message = `Field "x"${'{'.repeat(1000)}" is not defined.${suggestion}`;
    expect(shortenMessage(message)).toMatch(/ \[\.\.\.\] .{50} Did you mean "createdFrom", .*\?$/);
    expect(shortenMessage(`Field "x" is not defined. Did you mean "${'a'.repeat(300)}"?`)).toBe(
      'Field "x" is not defined.',
    );
  });
});

describe('no error that a client sees repeats what came at length', () => {
  it.each([
    ['ours', new CodedError('BAD_USER_INPUT', `but got ${long}.`)],
    ['of a library', codedError('GRAPHQL_VALIDATION_FAILED', `but got ${long}.`)],
    ['of a service', visibleError(`but got ${long}.`, { code: 'BAD_USER_INPUT' })],
  ])('%s', (_whose, error) => {
    expect(error?.message).toBe(`but got x${cut}.`);
  });
});
