import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { withoutAccessRules } from '../../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import { buildAudienceSchema } from '../../../gateway/audiences/audience-schema.ts';
import { composeSupergraph } from '../../federation/compose-supergraph.ts';
import { type AudienceTags, readAudiences } from '../../../gateway/audiences/audiences.ts';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag", "@inaccessible"])
  type Query {
    open: Open @tag(name: "a")
    both: String @tag(name: "a") @tag(name: "b")
    untagged: Untagged
    choice: Choice @tag(name: "a")
    named: Named @tag(name: "b")
    list(first: Int! = 20, after: String, secret: Int @tag(name: "b"), where: Where): [String!] @tag(name: "a")
  }
  type Mutation { write(input: Where!): String }
  type Open @tag(name: "a") { plain: String special: String @tag(name: "b") kind: Kind internal: Internal @inaccessible }
  type Internal @inaccessible { id: ID }
  type Untagged { here: String @tag(name: "a") notHere: String }
  type Island @tag(name: "a") { id: ID }
  union Choice @tag(name: "a") = Open | Other
  type Other @tag(name: "b") { id: ID }
  interface Named { name: String }
  type One implements Named @tag(name: "b") { name: String }
  enum Kind { PLAIN SPECIAL @tag(name: "b") }
  input Where { text: String, secret: String @tag(name: "b"), deep: Deep }
  input Deep { text: String }
  scalar Unused
`;

const supergraphOf = (sdl: string) => composeSupergraph([{ name: 'one', sdl }]);

const SUPERGRAPH = supergraphOf(SDL);

interface SchemaPart {
  readonly name: string;
  readonly args?: readonly { readonly name: string }[];
}

/** What a schema has: `Type.field(argument:)`, in order. */
function placesOf(tags: AudienceTags, supergraph = SUPERGRAPH): string[] {
  const schema = buildSchema(buildAudienceSchema(supergraph, tags));
  return Object.values(schema.getTypeMap())
    .filter(({ name, astNode }) => astNode != null && !name.startsWith('__'))
    .flatMap((type) => {
      const parts: readonly SchemaPart[] =
        'getFields' in type
          ? Object.values(type.getFields())
          : 'getValues' in type
            ? type.getValues()
            : [];
      const members = 'getTypes' in type ? type.getTypes() : [];
      return [
        `${type.name}${members.length > 0 ? ` = ${members.join(' | ')}` : ''}`,
        ...parts.map(
          ({ name, args = [] }) =>
            `${type.name}.${name}${args.length > 0 ? `(${args.map((one) => one.name).join()})` : ''}`,
        ),
      ];
    })
    .sort();
}

describe('what an audience sees', () => {
  it('is everything where no tags are named, but what is inaccessible to all or leads nowhere', () => {
    const places = placesOf({});
    expect(places).toEqual(
      expect.arrayContaining([
        'Open.special',
        'Mutation.write(input)',
        'One.name',
        'Kind.SPECIAL',
        'Where.secret',
      ]),
    );
    expect(places.filter((place) => /Internal|internal|Island|Unused/.test(place))).toEqual([]);
  });

  it('is what has an included tag: fields by their own or their type, what has no tags only with those', () => {
    expect(placesOf({ include: ['a'] })).toEqual([
      'Choice = Open',
      'Deep',
      'Deep.text',
      'Kind',
      'Kind.PLAIN',
      'Open',
      'Open.kind',
      'Open.plain',
      'Open.special',
      'Query',
      'Query.both',
      'Query.choice',
      'Query.list(first,after,where)',
      'Query.open',
      'Where',
      'Where.deep',
      'Where.text',
    ]);
  });

  it('has nothing with an excluded tag, whatever else it has', () => {
    expect(placesOf({ include: ['a'], exclude: ['b'] })).toEqual([
      'Choice = Open',
      'Deep',
      'Deep.text',
      'Kind',
      'Kind.PLAIN',
      'Open',
      'Open.kind',
      'Open.plain',
      'Query',
      'Query.choice',
      'Query.list(first,after,where)',
      'Query.open',
      'Where',
      'Where.deep',
      'Where.text',
    ]);
  });

  it('has what is untagged where tags are only excluded', () => {
    const places = placesOf({ exclude: ['b'] });
    expect(places).toEqual(
      expect.arrayContaining(['Mutation.write(input)', 'Untagged.notHere', 'Query.untagged']),
    );
    expect(places.filter((place) => /special|SPECIAL|secret|Other|One|Named/.test(place))).toEqual(
      [],
    );
  });

  it('says nothing of tags', () => {
    for (const tags of [{}, { include: ['a'] }, { exclude: ['b'] }]) {
      expect(buildAudienceSchema(SUPERGRAPH, tags)).not.toMatch(
        /@|directive|\btag\b|join__|link__/,
      );
    }
  });
});

describe('an audience is refused', () => {
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag", "@inaccessible"])';
  const query = (rest: string) =>
    supergraphOf(`${link} ${rest} type Internal @inaccessible { id: ID }`);

  it.each([
    [
      'that would not see the type of a field that it sees',
      'type Query { a: A b: Int } type A @tag(name: "x") { id: ID }',
      /Query\.a/,
    ],
    [
      'that could not give an argument that is required',
      'type Query { a(id: ID! @tag(name: "x")): Int }',
      /Query\.a\(id:\)/,
    ],
    [
      'that could not give an input field that is required',
      'type Query { a(in: I): Int } input I { id: ID! @tag(name: "x") b: Int }',
      /I\.id/,
    ],
    ['that would see nothing', 'type Query { a: Int @tag(name: "x") }', /Query/],
    [
      'whose default would be hidden',
      'type Query { a(e: E! = X): Int } enum E { X @tag(name: "x") Y }',
      /E\.X/,
    ],
    [
      'that would lose an input field with a default',
      'type Query { a(in: I): Int } input I { n: Int = 1 @tag(name: "x") b: Int }',
      /I\.n has a default/,
    ],
  ])('%s', (_what, sdl, message) => {
    expect(() => buildAudienceSchema(query(sdl), { exclude: ['x'] })).toThrow(message);
  });

  it('that names a tag that nothing has', () => {
    expect(() => buildAudienceSchema(SUPERGRAPH, { include: ['a', 'c'] })).toThrow(
      'Nothing in the graph has the tag c.',
    );
  });
});

describe('audiences.yml', () => {
  it('names audiences with their tags', () => {
    expect([...readAudiences('one: { include: [a], exclude: [b/c] }\ntwo: {}')]).toEqual([
      ['one', { include: ['a'], exclude: ['b/c'] }],
      ['two', {}],
    ]);
    expect([...readAudiences('')]).toEqual([]);
  });

  it.each([
    ['a name that is no part of a path', 'One/two: {}', /audience's name/],
    ['a word that it does not know', 'one: { includes: [a] }', /includes/],
    ['a tag that cannot be', 'one: { include: [a b] }', /letters/],
    ['a list without tags', 'one: { include: [] }', /omit a list without tags/],
    ['a tag twice', 'one: { include: [a], exclude: [a] }', /not both/],
    ['nothing where tags should be', 'one:', /object/],
  ])('must not have %s', (_what, yaml, message) => {
    expect(() => readAudiences(yaml)).toThrow(message);
  });
});

describe('schema/audiences/', () => {
  const supergraph = withoutAccessRules(
    new Supergraph(readFileSync('schema/supergraph.graphql', 'utf8')),
  );
  const audiences = readAudiences(readFileSync('schema/audiences.yml', 'utf8'));

  it('has a file for each audience of audiences.yml, and no other', () => {
    expect(readdirSync('schema/audiences').sort()).toEqual(
      [...audiences.keys()].map((name) => `${name}.graphql`).sort(),
    );
  });

  it.each([...audiences])('is up to date: %s (else run `npm run generate`)', (name, tags) => {
    expect(
      readFileSync(`schema/audiences/${name}.graphql`, 'utf8') ===
        buildAudienceSchema(supergraph, tags),
    ).toBe(true);
  });

  it('shows everything to who is private, nothing about people or money to the public, and no payment to a partner', () => {
    const api = readFileSync('schema/api.graphql', 'utf8');
    const [publicSdl, partnerSdl, privateSdl] = ['public', 'partner', 'private'].map((name) =>
      readFileSync(`schema/audiences/${name}.graphql`, 'utf8'),
    );
    expect(privateSdl).toBe(api);
    expect(publicSdl).not.toMatch(
      /customer|company|deal|owner|email|phone|money|amount|currency|payment|invoice|mutation/i,
    );
    expect(partnerSdl).not.toMatch(
      /payment|invoice|billing|recurring|refund|checkout|balance|card/i,
    );
    expect(
      Object.keys(
        buildSchema(partnerSdl ?? '')
          .getMutationType()
          ?.getFields() ?? {},
      ),
    ).toEqual([
      'createCustomer',
      'updateCustomer',
      'createCompany',
      'updateCompany',
      'createDeal',
      'updateDeal',
    ]);
  });
});
