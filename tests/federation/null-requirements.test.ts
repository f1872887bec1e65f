import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { comparable } from './compare.ts';
import { type EveryMode, startEveryMode } from './every-mode.ts';

const PARCELS = [
  {
    id: 'whole',
    sender: { name: 'Ada', home: { name: 'Bonn' } },
    sizes: [{ width: 1, unit: { name: 'm' } }],
    owner: { id: 'o1' },
  },
  {
    id: 'with nulls at the end',
    sender: { name: 'Bob', home: null },
    sizes: [null, { width: null, unit: null }],
    owner: { id: 'unknown' },
  },
  { id: 'with nulls at the start', sender: null, sizes: null, owner: null },
  { id: 'deep', sender: { name: null, home: { name: null } }, sizes: [], owner: null },
];

const seen =
  (name: string) =>
  (entity: Readonly<Record<string, unknown>>): string =>
    JSON.stringify(entity[name]);

/** Others require other fields of the owner, which come along. */
const seenOfOwner =
  (name: string) =>
  ({ owner }: { readonly owner: Readonly<Record<string, unknown>> | null }): string =>
    owner === null ? 'no owner' : JSON.stringify(owner[name]);

const fail = ({ id }: { readonly id: string }) => {
  if (id === 'broken') throw new Error('It is broken.');
  return id;
};

let graph: EveryMode;
beforeAll(async () => {
  graph = await startEveryMode(
    {
      catalog: {
        sdl: `type Query { parcels: [Parcel!]! broken: Parcel crates: [Crate!]! boxes: [Box!]! }
          type Parcel @key(fields: "id") { id: ID! sender: Person sizes: [Size] owner: Owner }
          type Person @shareable { name: String home: Town }
          type Town @shareable { name: String }
          type Size @shareable { width: Int unit: Unit }
          type Unit @shareable { name: String }
          type Owner @key(fields: "id") { id: ID! }
          type Crate @key(fields: "place { code }") { place: Place label: String }
          type Place @shareable { code: ID }
          type Box @key(fields: "id number") { id: ID number: Int label: String }`,
        resolvers: {
          Query: {
            parcels: () => PARCELS,
            broken: () => ({ ...PARCELS[0], owner: { id: 'broken' } }),
            crates: () => [
              { label: 'whole', place: { code: 'c1' } },
              { label: 'without a code', place: { code: null } },
              { label: 'without a place', place: null },
            ],
            boxes: () => [
              { label: 'whole', id: 'b1', number: 0 },
              { label: 'without a number', id: 'b1', number: null },
              { label: 'without an id', id: null, number: 1 },
            ],
          },
        },
      },
      people: {
        sdl: `type Owner @key(fields: "id") { id: ID! name: String strict: String! age: Int }`,
        resolvers: {
          Owner: {
            __resolveReference: ({ id }: { id: string }) =>
              id === 'unknown' ? null : { id, age: 7 },
            name: fail,
            strict: fail,
          },
        },
      },
      post: {
        sdl: `type Parcel @key(fields: "id") { id: ID! plain: String
            sender: Person @external sizes: [Size] @external owner: Owner @external
            letter: String @requires(fields: "sender { name home { name } }")
            fees: String @requires(fields: "sizes { width unit { name } }")
            greeting: String @requires(fields: "owner { name }")
            strictGreeting: String @requires(fields: "owner { strict }")
            ages: String @requires(fields: "owner { age }") }
          type Person @shareable { name: String home: Town }
          type Town @shareable { name: String }
          type Size @shareable { width: Int unit: Unit }
          type Unit @shareable { name: String }
          type Owner @key(fields: "id") { id: ID! name: String @external strict: String! @external age: Int @external }
          type Crate @key(fields: "place { code }") { place: Place weight: String }
          type Place @shareable { code: ID }
          type Box @key(fields: "id number") { id: ID number: Int depth: String }`,
        resolvers: {
          Parcel: {
            letter: seen('sender'),
            fees: seen('sizes'),
            greeting: seenOfOwner('name'),
            strictGreeting: seenOfOwner('strict'),
            ages: seenOfOwner('age'),
            plain: () => 'plain',
          },
          Crate: { weight: seen('place') },
          Box: { depth: seen('id') },
        },
      },
    },
    { services: ['people', 'post'] },
  );
});
afterAll(() => graph.close());

const inEveryMode = async (query: string) =>
  Promise.all(
    Object.entries(graph.modes).map(async ([mode, run]) => ({
      mode,
      ...comparable(await run(query)),
    })),
  );

describe('a null in a required field', () => {
  it.each([
    '{ parcels { letter } }',
    '{ parcels { fees } }',
    '{ parcels { greeting plain } }',
    '{ parcels { strictGreeting plain } }',
    '{ parcels { a: greeting b: ages owner { name } } }',
  ])('reaches the resolver in every mode as from Apollo’s gateway: %s', async (query) => {
    const expected = comparable(await graph.apollo(query));
    for (const { mode, ...answer } of await inEveryMode(query))
      expect({ mode, ...answer }).toEqual({ mode, ...expected });
  });
});

describe('an entity with a null in its key', () => {
  it.each([
    [
      'below another field',
      '{ crates { label weight } }',
      {
        crates: [
          { label: 'whole', weight: '{"code":"c1"}' },
          { label: 'without a code', weight: null },
          { label: 'without a place', weight: null },
        ],
      },
    ],
    [
      'of several fields',
      '{ boxes { label depth } }',
      {
        boxes: [
          { label: 'whole', depth: '"b1"' },
          { label: 'without a number', depth: null },
          { label: 'without an id', depth: null },
        ],
      },
    ],
  ])('is unknown to other subgraphs in every mode: a key %s', async (_key, query, data) => {
    for (const { mode, ...answer } of await inEveryMode(query))
      expect({ mode, ...answer }).toEqual({ mode, data, errors: [] });
  });
});

describe('a field whose required field fails', () => {
  it.each([
    [
      '{ broken { plain greeting ages } }',
      { plain: 'plain', greeting: null, ages: '7' },
      ['broken.greeting'],
    ],
    [
      '{ broken { hello: greeting owner { name age } } }',
      { hello: null, owner: { name: null, age: 7 } },
      ['broken.hello', 'broken.owner.name'],
    ],
    [
      '{ broken { plain strictGreeting owner { id } } }',
      { plain: 'plain', strictGreeting: null, owner: { id: 'broken' } },
      ['broken.strictGreeting'],
    ],
  ])('is null and has its error in every mode: %s', async (query, broken, places) => {
    for (const { mode, data, errors } of await inEveryMode(query))
      expect({ mode, data, places: errors.map((error) => error.split(' ')[1]) }).toEqual({
        mode,
        data: { broken },
        places,
      });
  });
});
