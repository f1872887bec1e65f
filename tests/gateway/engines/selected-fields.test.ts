import { describe, expect, it } from '@jest/globals';
import { buildSchema, type FragmentDefinitionNode, Kind, parse } from 'graphql';
import { selectedFields } from '../../../gateway/engines/selected-fields.ts';

const schema = buildSchema(`
  interface Named { name: String, owner: Person }
  interface Aged { age: Int }
  type Person implements Named & Aged { name: String, owner: Person, age: Int, friends(first: Int): [Person!]!, pet: Pet }
  type Dog implements Named & Aged { name: String, owner: Person, age: Int, barks: Boolean }
  type Cat implements Named { name: String, owner: Person, lives: Int }
  union Pet = Dog | Cat
  type Query { me: Person, named: [Named!], pet: Pet }
  type Mutation { rename(name: String!): Person }
`);

/** What is selected, as plain sorted lists. */
function selected(source: string, variables: Record<string, unknown> = {}) {
  const { definitions } = parse(source);
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('There is no operation.');
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const node of definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  const fields = selectedFields({ schema, operation, fragments, variables });
  return Object.fromEntries([...fields].map(([type, names]) => [type, [...names].toSorted()]));
}

describe('selected fields', () => {
  it('are those of the whole operation, by object type, with any alias, arguments and depth', () => {
    expect(
      selected(
        '{ me { a: name b: name friends(first: 1) { age friends { pet { __typename } } } } }',
      ),
    ).toEqual({
      Query: ['me'],
      Person: ['age', 'friends', 'name', 'pet'],
      Dog: ['__typename'],
      Cat: ['__typename'],
    });
  });

  it('are those of a mutation too', () => {
    expect(selected('mutation { rename(name: "x") { age } }')).toEqual({
      Mutation: ['rename'],
      Person: ['age'],
    });
  });

  it('of an interface belong to every type that implements it', () => {
    expect(selected('{ named { name ... on Cat { lives } ... on Aged { age } } }')).toEqual({
      Query: ['named'],
      Person: ['age', 'name'],
      Dog: ['age', 'name'],
      Cat: ['lives', 'name'],
    });
  });

  it('include those behind an interface', () => {
    expect(selected('{ named { owner { age } } }')).toMatchObject({
      Person: ['age', 'owner'],
      Cat: ['owner'],
    });
  });

  it('of a union are those of its members', () => {
    expect(selected('{ pet { ... on Dog { barks } ... on Named { name } } }')).toEqual({
      Query: ['pet'],
      Dog: ['barks', 'name'],
      Cat: ['name'],
      Person: ['name'],
    });
  });

  it('include those of inline fragments without a type, and of nested fragments', () => {
    const source =
      '{ me { ... { name } ...A } } fragment A on Person { age ...B } fragment B on Person { pet { ... on Cat { lives } } }';
    expect(selected(source)).toEqual({
      Query: ['me'],
      Person: ['age', 'name', 'pet'],
      Cat: ['lives'],
    });
  });
});

describe('@skip and @include', () => {
  it.each([
    ['@include(if: true)', true],
    ['@include(if: false)', false],
    ['@skip(if: true)', false],
    ['@skip(if: false)', true],
    ['@include(if: $yes)', true],
    ['@include(if: $no)', false],
    ['@skip(if: $yes)', false],
    ['@skip(if: $no)', true],
    ['@include(if: $yes) @skip(if: $yes)', false],
    ['@include(if: $yes) @skip(if: $no)', true],
    ['@include(if: $no) @skip(if: $no)', false],
  ])('%s on a field, an inline fragment and a spread', (condition, included) => {
    const source = (selection: string) =>
      `query ($yes: Boolean!, $no: Boolean!) { me { name ${selection} } } fragment F on Person { age }`;
    const expected = { Query: ['me'], Person: included ? ['age', 'name'] : ['name'] };
    for (const selection of [
      `age ${condition}`,
      `... ${condition} { age }`,
      `... on Person ${condition} { age }`,
    ]) {
      expect(selected(source(selection), { yes: true, no: false })).toEqual(expected);
    }
    expect(selected(source(`...F ${condition}`), { yes: true, no: false })).toEqual(expected);
  });

  it('remove all fields below', () => {
    expect(selected('{ me @skip(if: true) { name } pet { ... on Dog { barks } } }')).toEqual({
      Query: ['pet'],
      Dog: ['barks'],
    });
  });

  it.each([
    ['first', '...F @skip(if: true) ...F'],
    ['last', '...F ...F @skip(if: true)'],
  ])(
    'do not affect a second spread of the same fragment if the %s is skipped',
    (_which, spreads) => {
      expect(selected(`{ me { ${spreads} } } fragment F on Person { age }`)).toEqual({
        Query: ['me'],
        Person: ['age'],
      });
    },
  );

  it('apply inside a fragment that is spread twice', () => {
    const source =
      'query ($no: Boolean!) { me { ...F friends { ...F } } } fragment F on Person { age name @include(if: $no) }';
    expect(selected(source, { no: false })).toEqual({ Query: ['me'], Person: ['age', 'friends'] });
  });
});
