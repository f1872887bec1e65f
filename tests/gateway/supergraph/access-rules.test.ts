import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { readAccessRules, withoutAccessRules } from '../../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';

const SPECIFICATIONS = 'https://specs.apollo.dev';

/** Each says the same of `Query.a` and of `Query.b`. */
const LINKED: readonly (readonly [string, string, string, string])[] = [
  [
    'by their specifications',
    `@link(url: "${SPECIFICATIONS}/requiresScopes/v0.1", for: SECURITY) @link(url: "${SPECIFICATIONS}/authenticated/v0.1")`,
    '@requiresScopes',
    '@authenticated',
  ],
  [
    'under aliases',
    `@link(url: "${SPECIFICATIONS}/requiresScopes/v0.1", as: "needs") @link(url: "${SPECIFICATIONS}/authenticated/v0.1", as: "known")`,
    '@needs',
    '@known',
  ],
  [
    'by imports under aliases',
    `@link(url: "${SPECIFICATIONS}/requiresScopes/v0.1", import: [{ name: "@requiresScopes", as: "@needs" }]) @link(url: "${SPECIFICATIONS}/authenticated/v0.1", import: [{ name: "@authenticated", as: "@known" }])`,
    '@needs',
    '@known',
  ],
  [
    'by the Federation specification',
    `@link(url: "${SPECIFICATIONS}/federation/v2.9", import: ["@requiresScopes", "@authenticated"])`,
    '@requiresScopes',
    '@authenticated',
  ],
  [
    'by the Federation specification, with its prefix',
    `@link(url: "${SPECIFICATIONS}/federation/v2.9")`,
    '@federation__requiresScopes',
    '@federation__authenticated',
  ],
  [
    'by the Federation specification, with an alias as prefix',
    `@link(url: "${SPECIFICATIONS}/federation/v2.9", as: "fed")`,
    '@fed__requiresScopes',
    '@fed__authenticated',
  ],
  [
    'by the Federation specification, by imports under aliases',
    `@link(url: "${SPECIFICATIONS}/federation/v2.9", import: [{ name: "@requiresScopes", as: "@needs" }, { name: "@authenticated", as: "@known" }])`,
    '@needs',
    '@known',
  ],
  [
    'by a directive that is no @link',
    `@use(url: "${SPECIFICATIONS}/link/v1.0", as: "use") @use(url: "${SPECIFICATIONS}/requiresScopes/v0.1", as: "needs") @use(url: "${SPECIFICATIONS}/authenticated/v0.1", as: "known")`,
    '@needs',
    '@known',
  ],
];

const sdlOf = (links: string, scopes: string, authenticated: string) => `
  schema ${links} { query: Query }
  type Query { a: Int ${scopes}(scopes: [["x", "y"], ["z"]]) b: Int ${authenticated} c: Int }`;

describe('access rules are read where their directives are linked', () => {
  it.each(LINKED)('%s', (_how, links, scopes, authenticated) => {
    const rules = readAccessRules(parse(sdlOf(links, scopes, authenticated)));
    expect(rules.ofField('Query', 'a')).toEqual([{ kind: 'scopes', anyOf: [['x', 'y'], ['z']] }]);
    expect(rules.ofField('Query', 'b')).toEqual([{ kind: 'authenticated' }]);
    expect(rules.ofField('Query', 'c')).toEqual([]);
    expect(rules.all).toHaveLength(2);
  });

  it.each(LINKED)(
    '%s, and are removed for gateways that cannot load them',
    (_how, links, scopes, authenticated) => {
      const open = withoutAccessRules(new Supergraph(sdlOf(links, scopes, authenticated)));
      expect(open.sdl).toContain('  a: Int\n  b: Int\n  c: Int\n');
      expect(readAccessRules(open.document).all).toEqual([]);
      expect(open.document).toEqual(parse(open.sdl, { noLocation: true }));
    },
  );

  it('on types, extensions, interfaces, enums, scalars and inputs', () => {
    const link = `extend schema @link(url: "${SPECIFICATIONS}/policy/v0.1")`;
    const on = '@policy(policies: [["p"]])';
    const rules = readAccessRules(
      parse(
        `${link} type A ${on} { a: Int } extend type B ${on} { a: Int ${on} } interface C ${on} { a: Int } enum D ${on} { E } scalar F ${on} input G { a: Int ${on} }`,
      ),
    );
    const policy = { kind: 'policies', anyOf: [['p']] };
    for (const type of ['A', 'B', 'C', 'D', 'F'])
      expect([type, rules.ofType(type)]).toEqual([type, [policy]]);
    for (const type of ['B', 'G'])
      expect([type, rules.ofField(type, 'a')]).toEqual([type, [policy]]);
    expect(rules.all).toHaveLength(1);
  });
});

describe('access rules that nothing would enforce are refused:', () => {
  it.each([
    ['no link at all', '', '@authenticated'],
    [
      'no link of Federation, whose prefix is used',
      '',
      '@federation__requiresScopes(scopes: [["x"]])',
    ],
    [
      'a link of something else',
      `@link(url: "${SPECIFICATIONS}/cost/v0.1")`,
      '@policy(policies: [["p"]])',
    ],
    [
      'a link of another host',
      '@link(url: "https://specs.example.com/requiresScopes/v0.1")',
      '@requiresScopes(scopes: [["x"]])',
    ],
    [
      'an alias, but the standard name is used',
      `@link(url: "${SPECIFICATIONS}/authenticated/v0.1", as: "known")`,
      '@authenticated',
    ],
  ])('%s', (_what, link, directive) => {
    const name = /@\w+/.exec(directive)?.[0] ?? '';
    expect(() =>
      readAccessRules(parse(`schema ${link} { query: Query } type Query { a: Int ${directive} }`)),
    ).toThrow(
      `The schema applies ${name} to Query.a, but does not link the specification of that directive, so nothing would enforce it.`,
    );
  });
});

it('a supergraph without access rules stays as it is', () => {
  const supergraph = new Supergraph('type Query { a: Int }');
  expect(withoutAccessRules(supergraph)).toBe(supergraph);
});

it('the definitions and scalars of access rules are removed with them, nothing else is', () => {
  const rest = `schema @link(url: "${SPECIFICATIONS}/link/v1.0") {\n  query: Query\n}\n\ntype Query {\n  a: Scope\n}\n\nscalar Scope`;
  const open = withoutAccessRules(
    new Supergraph(`
      schema @link(url: "${SPECIFICATIONS}/link/v1.0") @link(url: "${SPECIFICATIONS}/requiresScopes/v0.1") @link(url: "${SPECIFICATIONS}/policy/v0.1", as: "rule") { query: Query }
      directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION
      directive @rule(policies: [[rule__Policy!]!]!) on FIELD_DEFINITION
      scalar requiresScopes__Scope
      scalar rule__Policy
      type Query { a: Scope @requiresScopes(scopes: [["x"]]) @rule(policies: [["p"]]) }
      scalar Scope`),
  );
  expect(open.sdl).toBe(rest);
});
