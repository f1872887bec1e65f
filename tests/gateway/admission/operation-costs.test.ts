import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { readCostRules } from '../../../gateway/supergraph/cost-rules.ts';
import type { CallTables } from '../../../subgraphs/call-table.ts';
import { OperationCosts } from '../../../gateway/admission/operation-costs.ts';
import { prepare } from '../operation/prepare.ts';

const SDL = `
schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"]) { query: Query mutation: Mutation subscription: Subscription }
directive @link(url: String, as: String, import: [String]) on SCHEMA
directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
type Query {
  user(id: ID!): User
  users(first: Int! = 20, after: String): UserConnection
  all: [User]
  some: [User] @listSize(assumedSize: 3)
  top(limit: Int = 4, most: Int): [User] @listSize(slicingArguments: ["limit", "most"], requireOneSlicingArgument: false)
  nested(take: Int): Holder @listSize(slicingArguments: ["take"], sizedFields: ["users"], assumedSize: 6)
  search(text: String @cost(weight: 7)): User
  dear: User @cost(weight: 50)
  report: Report
  any: [Node] @listSize(assumedSize: 2)
}
type Mutation { rename(id: ID!): User }
type Subscription { userChanged(id: ID): UserChange dearChanged: UserChange @cost(weight: 50) }
type UserChange { id: ID! user: User }
type Holder { users: [User] others: [User] }
type UserConnection { edges: [UserEdge] nodes: [User] totalCount: Int }
type UserEdge { node: User cursor: String }
interface Node { id: ID }
type User implements Node { id: ID name: String friends(first: Int = 5, after: String): UserConnection report: Report }
type Report implements Node @cost(weight: 9) { id: ID score: Score user: User }
scalar Score @cost(weight: 2)
`;

function costOf(query: string, variables: Record<string, unknown> = {}, tables: CallTables = {}) {
  const costs = new OperationCosts({
    schema: buildSchema(SDL),
    rules: readCostRules(parse(SDL)),
    tables,
  });
  return costs.of(prepare(query), variables);
}

describe('the cost of an operation', () => {
  it.each([
    ['an object costs 1, what is in it nothing', '{ user(id: 1) { id name __typename } }', 1],
    ['a page costs as much as its objects', '{ users(first: 7) { nodes { id } } }', 1 + 7],
    [
      'a page without a size has that of its default',
      '{ users { edges { node { id } } } }',
      1 + 20 + 20,
    ],
    [
      'pages multiply',
      '{ users(first: 3) { nodes { friends { nodes { id } } } } }',
      1 + 3 * (1 + 1 + 5),
    ],
    [
      'a payload of a subscription costs as much as the query of its record',
      'subscription { userChanged { id user { friends { nodes { id } } } } }',
      1 + 1 + 5,
    ],
    [
      'unless its root field has a weight of its own',
      'subscription { dearChanged { user { id } } }',
      50 + 1,
    ],
    ['a list of which nothing is known has ten items', '{ all { id } }', 10],
    ['a list has its assumed size', '{ some { id } }', 3],
    [
      'a list is as long as the largest of its slicing arguments',
      '{ top(limit: 2, most: 8) { id } }',
      8,
    ],
    ['and as its default where none is given', '{ top { id } }', 4],
    ['null is no size', '{ top(limit: null) { id } }', 10],
    [
      'a size can be that of a field below, and of no other',
      '{ nested(take: 2) { users { id } others { id } } }',
      1 + 2 + 10,
    ],
    ['a size can be assumed for a field below', '{ nested { users { id } } }', 1 + 6],
    ['a field has its own weight', '{ dear { id } }', 50],
    ['a type has a weight', '{ report { id } }', 9],
    ['a scalar can have one too', '{ report { score } }', 9 + 2],
    [
      'an argument costs where it is given',
      '{ search(text: "x") { id } none: search { id } nothing: search(text: null) { id } }',
      7 + 3,
    ],
    [
      'of an interface the dearest type counts',
      '{ any { id ... on User { name } ... on Report { user { id } } } }',
      2 * (1 + 1),
    ],
    ['a change costs ten more', 'mutation { rename(id: 1) { id } }', 1 + 10],
    [
      'what is asked for twice under one name is one',
      '{ user(id: 1) { id } ...F } fragment F on Query { user(id: 1) { name } }',
      1,
    ],
    [
      'what is skipped costs nothing',
      '{ user(id: 1) @skip(if: true) { id } dear @include(if: false) { id } }',
      0,
    ],
    ['the schema itself costs nothing', '{ __schema { types { fields { name } } } }', 0],
  ])('%s', (_rule, query, expected) => {
    expect(costOf(query).estimated).toBe(expected);
  });

  it('follows the variables, and their defaults', () => {
    const query =
      'query ($n: Int! = 4, $on: Boolean!) { users(first: $n) { nodes { id } } dear @include(if: $on) { id } }';
    expect(costOf(query, { on: false }).estimated).toBe(1 + 4);
    expect(costOf(query, { on: false, n: 9 }).estimated).toBe(1 + 9);
    expect(costOf(query, { on: true, n: 9 }).estimated).toBe(1 + 9 + 50);
  });

  it('uses the default of a variable that has the name of an inherited property', () => {
    const query =
      'query ($constructor: Int, $toString: Int = 3) { a: users(first: $constructor) { nodes { id } } b: users(first: $toString) { nodes { id } } }';
    expect(costOf(query).estimated).toBe(1 + 20 + 1 + 3);
  });

  it('exceeds all limits for exponentially nested fragments, and is calculated quickly', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) =>
        `fragment F${String(level)} on User { a${String(level)}: friends { nodes { ...F${String(level + 1)} } } b${String(level)}: friends { nodes { ...F${String(level + 1)} } } }`,
    );
    const { estimated } = costOf(
      `{ user(id: 1) { ...F0 } } ${levels.join(' ')} fragment F40 on User { id }`,
    );
    expect(estimated).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('the calls to vendors', () => {
  const tables: CallTables = {
    crm: {
      'Query.users': [
        { per: 'object' },
        { per: 'object', argument: 'after' },
        { per: 'object', selected: 'UserConnection.totalCount' },
      ],
      'User.friends': [
        { per: 'batch', of: 100 },
        { per: 'batchOfItems', of: 100 },
      ],
      'User.name': [{ per: 'batch', of: 100, name: 'person' }],
      'User.id': [{ per: 'batch', of: 100, name: 'person' }],
    },
    payments: {
      'User.report': [
        { per: 'object', name: 'account' },
        { per: 'object', calls: 2 },
      ],
      'Report.user': [{ per: 'field' }],
    },
    maps: {
      'Query.nested': [{ per: 'page', of: 20, most: 3 }],
      'Query.top': [{ per: 'object', beyond: 5 }],
    },
  };
  const NONE = { crm: 0, payments: 0, maps: 0 };

  it.each([
    ['a list is one', '{ users { edges { cursor } } }', { crm: 1 }],
    [
      'what an argument asks for is one more',
      '{ users(after: "x") { edges { cursor } } none: users(after: null) { edges { cursor } } }',
      { crm: 3 },
    ],
    [
      'what is asked for anywhere may take one everywhere',
      '{ users { edges { cursor } } users2: users(first: 1) { totalCount edges { cursor } } }',
      { crm: 4 },
    ],
    [
      'objects that come together are read together',
      '{ users(first: 100) { nodes { id } } }',
      { crm: 1 + 1 },
    ],
    ['as many as fit into a batch', '{ users(first: 101) { nodes { id } } }', { crm: 1 + 2 }],
    [
      'fields that need the same read share it',
      '{ users { nodes { id name again: name } } }',
      { crm: 1 + 1 },
    ],
    [
      'lists below a page are read together, and their items',
      '{ users { nodes { friends(first: 10) { edges { cursor } } } } }',
      { crm: 1 + 1 + 2 },
    ],
    [
      'what arrives apart is read apart',
      '{ users(first: 5) { nodes { report { user { id } } } } }',
      { crm: 1 + 5, payments: 5 * 3 + 1 },
    ],
    [
      'each object has its own',
      '{ users(first: 5) { nodes { report { score } again: report { score } } } }',
      { crm: 1, payments: 5 + 2 * 5 * 2 },
    ],
    [
      'a vendor with small pages is asked for several',
      '{ nested(take: 30) { users { name } } }',
      { crm: 1, maps: 2 },
    ],
    [
      'and for no more than it has',
      '{ nested(take: 500) { others { report { score } } } }',
      { payments: 30, maps: 3 },
    ],
    ['what comes along is no call', '{ top(limit: 5) { report { score } } }', { payments: 15 }],
    [
      'what does not come along is one',
      '{ top(limit: 6) { report { score } } }',
      { payments: 18, maps: 1 },
    ],
  ])('%s', (_rule, query, expected) => {
    expect(costOf(query, {}, tables).calls).toEqual({ ...NONE, ...expected });
  });

  it('are absent for a vendor without a call table', () => {
    expect(costOf('{ users { nodes { id } } }').calls).toEqual({});
  });
});
