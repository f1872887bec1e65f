import { describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@external", "@requires", "@provides", "@requiresScopes", "@authenticated", "@shareable", "@override",
  "@inaccessible", "@interfaceObject", "@cost", "@context", "@fromContext", "@composeDirective"
])
`;

/** Composes the built-in subgraphs with services, by their names. */
const compose = (services: Readonly<Record<string, string>>, link = LINK) =>
  composeGraph(
    {
      path: 'graph.yaml',
      builtIn: ['crm', 'payments', 'maps'],
      extensions: new Map(),
      services: Object.entries(services).map(([name, sdl]) => ({
        name,
        url: 'http://localhost:4999/graphql',
        schema: { path: `./${name}.graphql`, sdl: link + sdl },
        forwardedHeaders: [],
        traffic: {},
        claimHeaders: {},
      })),
    },
    { modules: SUBGRAPHS, readSdl },
  );

const problemsOf = (sdl: string) => compose({ loyalty: sdl }).problems ?? [];

const MONEY = `scalar Decimal scalar CurrencyCode
type Query { prize: Money }
type Money @shareable { currency: CurrencyCode!`;
const LINK_TYPE = 'type BillingLink @inaccessible { emails: [String!] @external }';
const PERSONAL = '@requiresScopes(scopes: [["personal:read"]])';
const PUT = (place: string, directive: string) =>
  `A service must not change ${place}, which the built-in subgraphs define: remove @${directive} from it.`;

describe('a graph is refused in one sentence with file and line if a service', () => {
  it.each<[string, string, number, string]>([
    [
      'closes a scalar of ours',
      'type Query { d: Decimal }\nscalar Decimal @authenticated',
      6,
      'A service must not change who may see Decimal: remove @authenticated, @requiresScopes and @policy from it.',
    ],
    [
      'closes an enum of ours',
      'type Query { d: SortDirection }\nenum SortDirection @authenticated { ASCENDING DESCENDING }',
      6,
      'A service must not change who may see SortDirection: remove @authenticated, @requiresScopes and @policy from it.',
    ],
    [
      'closes an input of ours',
      `extend schema @link(url: "https://specs.tributary.example/accessOf/v1.0", import: ["@accessOf"]) @composeDirective(name: "@accessOf")
directive @accessOf(field: String!) on INPUT_FIELD_DEFINITION
input AddressInput {
  city: String @accessOf(field: "Customer.name")
  line1: String line2: String region: String postalCode: String country: String
}
type Query { d(a: AddressInput): Int }`,
      8,
      PUT('AddressInput.city', 'accessOf'),
    ],
    [
      'makes a field of ours expensive',
      `${MONEY}\n amount: Decimal! @cost(weight: 99999) }`,
      8,
      PUT('Money.amount', 'cost'),
    ],
    [
      'makes a type of ours expensive',
      'type Customer @key(fields: "id") @cost(weight: 5000) { id: ID! points: Int }',
      5,
      PUT('Customer', 'cost'),
    ],
    [
      'deprecates a field of ours',
      'type Customer @key(fields: "id") {\n id: ID! @deprecated\n points: Int }',
      6,
      PUT('Customer.id', 'deprecated'),
    ],
    [
      'leaves out a default value of ours',
      `enum CustomerSortField { LAST_NAME EMAIL CREATED_AT UPDATED_AT } enum SortDirection { ASCENDING DESCENDING }
input CustomerSort {
  field: CustomerSortField!
  direction: SortDirection!
} type Query { d(s: CustomerSort): Int }`,
      8,
      'A service must not change the default value of CustomerSort.direction, which is ASCENDING.',
    ],
    [
      'requires what we leave open in an input',
      `scalar DateTime type Query { d(f: CompanyFilter): Int } input CompanyFilter {
  city: String!
  domain: String industry: String createdFrom: DateTime createdBefore: DateTime }`,
      6,
      'A service must not take from the API of the built-in subgraphs: CompanyFilter.city changed type from String to String!.',
    ],
    [
      'adds a value to an enum of ours',
      'type Query { d: DisputeStatus }\nenum DisputeStatus { SETTLED }',
      6,
      'A service must not add SETTLED to DisputeStatus, which the built-in subgraphs define. Use a type of its own.',
    ],
    [
      'hides a value of ours',
      'type Query { p(d: SortDirection): Int }\nenum SortDirection { ASCENDING\n DESCENDING @inaccessible }',
      6,
      'A service must not take from the API of the built-in subgraphs: DESCENDING was removed from enum type SortDirection.',
    ],
    [
      'hides a field of ours',
      `${MONEY}\n amount: Decimal! @inaccessible }`,
      8,
      'A service must not take from the API of the built-in subgraphs: Money.amount was removed.',
    ],
    [
      'resolves a field of ours',
      'type Customer @key(fields: "id") {\n id: ID!\n email: String @override(from: "crm") }',
      7,
      'A service must not resolve Customer.email in place of crm: remove @override from it.',
    ],
    [
      'resolves a field of ours for some callers',
      'type Customer @key(fields: "id") {\n id: ID!\n email: String @override(from: "crm", label: "percent(50)") }',
      7,
      'A service must not resolve Customer.email in place of crm: remove @override from it.',
    ],
    [
      'resolves a hidden key',
      'type Payment @key(fields: "id") { id: ID!\n payer: Payer @override(from: "payments") } type Payer @inaccessible { email: String }',
      6,
      'A service must not resolve Payment.payer in place of payments: remove @override from it.',
    ],
    [
      'resolves a query of ours',
      'type Query {\n customer(id: ID!): Customer @override(from: "crm") } type Customer @key(fields: "id") { id: ID! }',
      6,
      'A service must not resolve Query.customer in place of crm: remove @override from it.',
    ],
    [
      'gives what we have a context',
      `type Customer @key(fields: "id") @context(name: "c") { id: ID! lifecycleStage: LifecycleStage @external child: Child }
type LifecycleStage { id: ID! @external }
type Child @key(fields: "id") { id: ID! stage(id: ID @fromContext(field: "$c { lifecycleStage { id } }")): String }`,
      5,
      PUT('Customer', 'context'),
    ],
    [
      'has subscriptions',
      'type Query { a: Int }\ntype Subscription {\n b: Int }',
      7,
      'The graph cannot execute subscriptions of a subgraph that is not built in and so sends no events (Subscription.b of loyalty). Remove it.',
    ],
  ])('%s', (_title, sdl, line, sentence) => {
    expect(problemsOf(sdl)[0]).toBe(`./loyalty.graphql:${String(line)}: ${sentence}`);
  });

  it('names the responsible service among several with the type', () => {
    const stub = (directive: string) =>
      `type Customer @key(fields: "id") ${directive} { id: ID! FIELD: Int }`;
    expect(
      compose({
        awards: stub('').replace('FIELD', 'awards'),
        loyalty: stub('@cost(weight: 5000)').replace('FIELD', 'points'),
      }).problems,
    ).toEqual([`./loyalty.graphql:5: ${PUT('Customer', 'cost')}`]);
  });

  it('is not confused by a type with the name of a word of the sentence', () => {
    expect(
      problemsOf(
        `type A { b: Int }\ntype Query { a: A }\n${MONEY}\n amount: Decimal }`.replace(
          'type Query { prize: Money }',
          'extend type Query { prize: Money }',
        ),
      ),
    ).toEqual([
      './loyalty.graphql:10: A service must not take from the API of the built-in subgraphs: Money.amount changed type from Decimal! to Decimal.',
    ]);
  });
});

describe('a graph is refused if a service reads without its callers’ rights', () => {
  it.each<[string, string, string]>([
    [
      'a protected field by a key',
      'type Customer @key(fields: "email") { email: String @external\n points: Int }',
      `6: [loyalty] Customer.points is made of Customer.email, so it must require no less: add ${PERSONAL} to it.`,
    ],
    [
      'a protected field by one of several keys',
      'type Customer @key(fields: "id") @key(fields: "email") { id: ID! email: String @external\n points: Int }',
      `6: [loyalty] Customer.points is made of Customer.email, so it must require no less: add ${PERSONAL} to it.`,
    ],
    [
      'a protected field by a part of a key',
      'type Customer @key(fields: "id name") { id: ID! name: String @external\n points: Int }',
      `6: [loyalty] Customer.points is made of Customer.name, so it must require no less: add ${PERSONAL} to it.`,
    ],
    [
      'a protected field below a key',
      'type Customer @key(fields: "address { formatted }") { address: PostalAddress @external\n points: Int } type PostalAddress @key(fields: "formatted", resolvable: false) { formatted: String! }',
      `6: [loyalty] Customer.points is made of Customer.address, so it must require no less: add ${PERSONAL} to it.`,
    ],
    [
      'a protected field of payments by a key',
      'type Invoice @key(fields: "number") { number: String @external\n points: Int }',
      '6: [loyalty] Invoice.points is made of Invoice.number, so it must require no less: add @requiresScopes(scopes: [["payments:read"],["payments:write"]]) to it.',
    ],
    [
      'a protected field for callers with another scope',
      'type Customer @key(fields: "id") { id: ID! email: String @external\n g: String @requires(fields: "email") @requiresScopes(scopes: [["personal:read"], ["x"]]) }',
      `6: [loyalty] Customer.g is made of Customer.email, so it must require no less: add ${PERSONAL} to it.`,
    ],
    [
      'a hidden key by a key',
      `type Customer @key(fields: "billingLink { emails }") { billingLink: BillingLink @external points: Int } ${LINK_TYPE}`,
      '5: [loyalty] Customer must not have the key Customer.billingLink, which is hidden from clients.',
    ],
    [
      'a hidden key by a part of a key',
      `type Customer @key(fields: "id billingLink { emails }") { id: ID! billingLink: BillingLink @external points: Int ${PERSONAL} } ${LINK_TYPE}`,
      '5: [loyalty] Customer must not have the key Customer.billingLink, which is hidden from clients.',
    ],
    [
      'the payer by a key',
      'type Payment @key(fields: "payer { email }") { payer: Payer @external points: Int } type Payer @inaccessible { email: String @external }',
      '5: [loyalty] Payment must not have the key Payment.payer, which is hidden from clients.',
    ],
    [
      'the payer by @requires',
      `type Payment @key(fields: "id") { id: ID! payer: Payer @external points: Int @requires(fields: "payer { email }") ${PERSONAL} } type Payer @inaccessible { email: String @external }`,
      '5: [loyalty] Payment.points must not require Payment.payer, which is hidden from clients.',
    ],
    [
      'a hidden key of another type by @requires',
      `type Company @key(fields: "id") { id: ID! customers(first: Int! = 20, after: String): CustomerConnection @external g: Int @requires(fields: "customers { nodes { billingLink { emails } } }") ${PERSONAL} } type CustomerConnection { nodes: [Customer]! @external } type Customer @key(fields: "id") { id: ID! billingLink: BillingLink @external } ${LINK_TYPE}`,
      '5: [loyalty] Company.g must not require Customer.billingLink, which is hidden from clients.',
    ],
    [
      'a hidden key by an extension of its type',
      'type BillingLink @key(fields: "emails") { emails: [String!] @external x: Int }',
      '5: [loyalty] BillingLink must not have the key BillingLink.emails, which is hidden from clients.',
    ],
    [
      'nothing, but provides a hidden key by which we join',
      `type Customer @key(fields: "id") { id: ID! billingLink: BillingLink @external } ${LINK_TYPE} type Query { vip: Customer @provides(fields: "billingLink { emails }") }`,
      '5: [loyalty] Query.vip must not provide Customer.billingLink, which is hidden from clients.',
    ],
  ])('%s', (_title, sdl, problem) => {
    expect(problemsOf(sdl)).toEqual([`./loyalty.graphql:${problem}`]);
  });

  it('a hidden key, under other names of the directives', () => {
    const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", { name: "@requires", as: "@needs" }, "@inaccessible"])
type Customer @key(fields: "id") { id: ID! billingLink: BillingLink @external\n g: Int @needs(fields: "billingLink { emails }") } ${LINK_TYPE}`;
    expect(compose({ loyalty: sdl }, '').problems).toEqual([
      './loyalty.graphql:3: [loyalty] Customer.g must not require Customer.billingLink, which is hidden from clients.',
    ]);
  });

  it.each<[string, string, RegExp]>([
    [
      'by a copy of its type',
      'type Customer @key(fields: "id") { id: ID! x: BillingLink } type BillingLink @shareable { emails: [String!] }',
      /BillingLink/,
    ],
    [
      'by an interface',
      `interface HasLink { billingLink: BillingLink } type Customer implements HasLink @key(fields: "id") { id: ID! billingLink: BillingLink @external g: Int } type BillingLink { x: Int } type Query { h: HasLink }`,
      /billingLink/,
    ],
    [
      'by a context',
      `type Customer @key(fields: "id") @context(name: "c") { id: ID! billingLink: BillingLink @external child: Child } ${LINK_TYPE} type Child @key(fields: "id") { id: ID! g(e: [String!] @fromContext(field: "$c { billingLink { emails } }")): String }`,
      /remove @context from it/,
    ],
  ])('a hidden key, %s', (_title, sdl, expected) => {
    expect(problemsOf(sdl).join('\n')).toMatch(expected);
  });

  it.each([
    [
      'a key that anybody may see',
      'type Customer @key(fields: "company { id }") { company: Company @external points: Int } type Company @key(fields: "id", resolvable: false) { id: ID! }',
    ],
    [
      'a protected key for fields that are as protected',
      `type Customer @key(fields: "id email") { id: ID! email: String @external points: Int ${PERSONAL} mood: Int @requiresScopes(scopes: [["personal:read", "x"]]) }`,
    ],
    [
      'an interface of its own for our types',
      'interface Person { id: ID! email: String } type Customer implements Person @key(fields: "id") { id: ID! email: String @external } type Query { people: [Person] }',
    ],
    [
      'descriptions of its own for our types',
      '"Members." type Customer @key(fields: "id") { "Number." id: ID! points: Int }',
    ],
  ])('is not refused for %s', (_title, sdl) => {
    expect(problemsOf(sdl)).toEqual([]);
  });
});

describe('a graph with a service whose name sorts first', () => {
  it('has the built-in descriptions of built-in types, fields and arguments', () => {
    const { composed } = compose({
      awards: `"Mine." type Customer @key(fields: "id") { "My number." id: ID! "My points." points: Int }`,
    });
    expect(composed?.supergraph.sdl).not.toMatch(/"Mine\."|"My number\."/);
    expect(composed?.supergraph.sdl).toMatch(/"My points\."/);
  });

  it('is refused if the service redefines a built-in scalar', () => {
    expect(
      compose({
        awards:
          'type Query { a: Decimal }\nscalar Decimal @specifiedBy(url: "https://example.com/")',
      }).problems,
    ).toEqual([`./awards.graphql:6: ${PUT('Decimal', 'specifiedBy')}`]);
  });
});
