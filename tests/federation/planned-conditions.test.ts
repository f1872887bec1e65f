import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

let graph: PlannedGraph;
beforeAll(async () => {
  graph = await startPlannedGraph({
    staff: {
      sdl: 'type Query { person: Person } type Person @key(fields: "id") { id: ID! team: String grade: Int }',
      resolvers: { Query: { person: () => ({ id: 'p1', team: 'red', grade: 3 }) } },
    },
    pay: {
      sdl: `type Person @key(fields: "id") { id: ID! team: String @external grade: Int @external
        bonus: Int @requires(fields: "team") salary: Int @requires(fields: "grade") desk: String }`,
      resolvers: {
        Person: {
          bonus: ({ team }: { team?: string }) => (team === 'red' ? 10 : null),
          salary: ({ grade }: { grade?: number }) => (grade === undefined ? null : grade * 100),
          desk: () => 'D1',
        },
      },
    },
  });
});
afterAll(() => graph.close());

const QUERY = `query ($bonus: Boolean!, $salary: Boolean = true) {
  person { desk bonus @include(if: $bonus) ...Pay @skip(if: $bonus) salary @include(if: $salary) } }
  fragment Pay on Person { grade all: salary }`;

describe('a field under a condition beside fields with other requirements', () => {
  it.each([
    [
      { bonus: true, salary: true },
      { desk: 'D1', bonus: 10, salary: 300 },
    ],
    [
      { bonus: true, salary: false },
      { desk: 'D1', bonus: 10 },
    ],
    [{ bonus: false }, { desk: 'D1', grade: 3, all: 300, salary: 300 }],
    [
      { bonus: false, salary: false },
      { desk: 'D1', grade: 3, all: 300 },
    ],
  ])('has the expected response for %p', async (variables, person) => {
    const { data, errors } = await graph.run(QUERY, variables);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ person });
  });

  it('may be in a fragment that another operation of the document uses', async () => {
    const document =
      'query One { person { desk } } query Two($b: Boolean!) { person { ...Rest } } fragment Rest on Person { bonus @skip(if: $b) }';
    expect(await graph.run(document)).toEqual({ data: { person: { desk: 'D1' } } });
  });

  it('leaves an empty object if no field remains', async () => {
    const query =
      'query ($no: Boolean!) { person { bonus @include(if: $no) } gone: person @include(if: $no) { id } }';
    expect(await graph.run(query, { no: false })).toEqual({ data: { person: {} } });
  });
});
