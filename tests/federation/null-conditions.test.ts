import { makeExecutableSchema } from '@graphql-tools/schema';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execute, type FormattedExecutionResult, parse } from 'graphql';
import { type EveryMode, startEveryMode } from './every-mode.ts';

const BOOK = { id: 'b1', title: 'On Rivers', stars: 5 };
const QUERY =
  'type Query { book: Book strict: Book! books: [Book] strictBooks: [Book!] hello: String }';
const resolvers = {
  Query: {
    book: () => BOOK,
    strict: () => BOOK,
    books: () => [BOOK, null, BOOK],
    strictBooks: () => [BOOK],
    hello: () => 'hello',
  },
  Book: { next: () => BOOK },
};

const whole = makeExecutableSchema({
  typeDefs: `${QUERY} type Book { id: ID! title: String stars: Int next: Book }`,
  resolvers,
});

let graph: EveryMode;
beforeAll(async () => {
  graph = await startEveryMode(
    {
      library: {
        sdl: `${QUERY} type Book @key(fields: "id") { id: ID! title: String next: Book }`,
        resolvers,
      },
      reviews: {
        sdl: 'type Book @key(fields: "id") { id: ID! stars: Int }',
        resolvers: { Book: { stars: () => 5 } },
      },
    },
    { services: ['reviews'] },
  );
});
afterAll(() => graph.close());

describe('a condition whose variable is null', () => {
  it.each([
    ['of a root field', '{ hello @include(if: $x) book { stars } }'],
    ['of a fragment at the root', '{ hello ... @skip(if: $x) { book { id } } }'],
    ['of a field', '{ hello book { id title @include(if: $x) stars } }'],
    ['of a field in a list', '{ hello books { id next { title @skip(if: $x) stars } } }'],
    ['of a field of items', '{ hello books { id @skip(if: $x) stars } strictBooks { stars } }'],
    ['of a field of strict items', '{ hello strictBooks { id @skip(if: $x) stars } }'],
    ['of a field of a strict object', '{ hello strict { id @skip(if: $x) stars } }'],
    ['of an inline fragment', '{ hello book { id ... @include(if: $x) { stars } } }'],
    ['of a spread', '{ hello book { id ...F @include(if: $x) } } fragment F on Book { stars }'],
    ['in a fragment', '{ hello book { id ...F } } fragment F on Book { stars @include(if: $x) }'],
    [
      'in nested fragments',
      '{ a: book { ...F } b: book { ...G stars } } fragment F on Book { ...G } fragment G on Book { next { id @skip(if: $x) } }',
    ],
    ['below an inline fragment', '{ hello ... { book { stars @include(if: $x) } } }'],
    ['of one of two selections', '{ book { id stars } book { title @include(if: $x) } }'],
    ['below what is left out', '{ hello book @include(if: $no) { stars @include(if: $x) } }'],
    ['beside a reason to skip', '{ book { id stars @skip(if: true) @include(if: $x) } }'],
  ])('fails where graphql-js fails, in every mode: %s', async (_where, selection) => {
    const query = `query ($x: Boolean = true, $no: Boolean = false) ${selection}`.replace(
      selection.includes('$no') ? '' : ', $no: Boolean = false',
      '',
    );
    const variables = { x: null };
    const { data, errors = [] } = plain(
      await execute({ schema: whole, document: parse(query), variableValues: variables }),
    );
    for (const [mode, run] of Object.entries(graph.modes)) {
      // The second time what was derived from the operation is used again.
      for (const answer of [await run(query, variables), await run(query, variables)])
        expect({ mode, data: answer.data, errors: answer.errors ?? [] }).toEqual({
          mode,
          data,
          errors,
        });
      expect((await run(query, { x: true })).errors).toBeUndefined();
    }
  });
});

const plain = (result: unknown) => JSON.parse(JSON.stringify(result)) as FormattedExecutionResult;
