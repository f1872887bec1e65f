import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { checkOperations } from '../../../../gateway/access/safelist/check-operations.ts';
import type { ListedOperation } from '../../../../gateway/access/safelist/manifest.ts';
import type { Problems } from '../../../../settings/settings.ts';

const schema = buildSchema(
  'type Query { hello: String } type Mutation { count: Int } type Subscription { ticks: Int tocks: Int }',
);

function problemsOf(...operations: ListedOperation[]): Problems {
  const problems: Problems = [];
  checkOperations(operations, schema, [], problems);
  return problems;
}

describe('a list of operations', () => {
  it('is valid if the schema has all selected fields', () => {
    const hello = { id: 'a', text: 'query Hello { hello }' };
    expect(
      problemsOf(
        hello,
        { ...hello, id: 'b', name: 'Hello', type: 'query' },
        { id: 'c', text: 'mutation { count }' },
      ),
    ).toEqual([]);
  });

  it('refuses a subscription with two root fields, or with a condition on its root field', () => {
    const both = 'subscription ($x: Boolean!) { ticks @skip(if: $x) tocks @include(if: $x) }';
    expect(
      problemsOf({ id: 'a', text: 'subscription { ticks tocks }' }, { id: 'b', text: both }),
    ).toEqual([
      'PERSISTED_OPERATIONS: "a" does not match the schema: Anonymous Subscription must select only one top level field.',
      'PERSISTED_OPERATIONS: "b" is not valid: A subscription must not have @skip or @include on its root field or on a fragment around it.',
    ]);
  });

  it('may contain an operation twice', () => {
    expect(problemsOf({ id: 'a', text: '{ hello }' }, { id: 'a', text: '{ hello }' })).toEqual([]);
  });

  it('reports all problems at once, with the name of each operation', () => {
    const hash = 'dc67510fb4289672bea757e862d6b00e83db5d3cbbcfb15260601b6f29bb2b8f';
    expect(
      problemsOf(
        { id: 'a', text: 'query {' },
        { id: hash, text: 'query Hi { hi }', name: 'Hi', type: 'query' },
        { id: 'b', text: 'query A { hello } query B { hello }' },
        { id: 'c', text: 'fragment F on Query { hello }' },
        { id: 'd', text: 'mutation Count { count }', name: 'Count', type: 'query' },
        { id: 'e', text: 'query Hello { hello }', name: 'Other', type: 'query' },
        { id: 'f', text: '{ hello }' },
        { id: 'f', text: '{ h: hello }' },
      ),
    ).toEqual([
      'PERSISTED_OPERATIONS: "a" is not valid GraphQL: Syntax Error: Expected Name, found <EOF>.',
      'PERSISTED_OPERATIONS: Hi ("dc67510fb428") does not match the schema: Cannot query field "hi" on type "Query".',
      'PERSISTED_OPERATIONS: "b" must have one operation, but has 2.',
      'PERSISTED_OPERATIONS: "c" does not match the schema: Fragment "F" is never used.',
      'PERSISTED_OPERATIONS: Count ("d") must be the query Count, but is the mutation Count.',
      'PERSISTED_OPERATIONS: Other ("e") must be the query Other, but is the query Hello.',
      'PERSISTED_OPERATIONS: "f" is listed twice, with different documents.',
    ]);
  });
});
