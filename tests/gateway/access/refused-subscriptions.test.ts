import { describe, expect, it } from '@jest/globals';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { enforceFieldAccess } from '../../../gateway/access/fields/field-access.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import type { Caller } from '../../../request/caller.ts';
import { prepare } from '../operation/prepare.ts';

const TYPES = `
  type Query { a: Int }
  type Subscription {
    open(filter: Filter): Change
    known: Change @authenticated
    scoped: Change @scopes(scopes: [["staff"], ["boss"]])
    decided: Change @policy(policies: [["present"]])
    locked: Locked
  }
  type Change { id: ID! secret: String @scopes(scopes: [["staff"]]) }
  type Locked @authenticated { id: ID! }
  input Filter { secret: String @accessOf(field: "Change.secret") }`;
const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", { name: "@requiresScopes", as: "@scopes" }, "@policy"])
  @link(url: "https://specs.tributary.example/accessOf/v1.0", import: ["@accessOf"])
  ${TYPES}`;

const callerWith = (scopes: Caller['scopes'], isAuthenticated = true): Caller => ({
  id: 'a test',
  isAuthenticated,
  scopes,
  claims: {},
});
const ANONYMOUS = callerWith(new Set(), false);
const WITHOUT_SCOPES = callerWith(new Set());
const STAFF = callerWith(new Set(['staff']));

/** @param granted are the policies that each caller meets */
function refusing(granted: readonly string[] = []) {
  const typeDefs = TYPES.replace(/ @(authenticated|\w+\((scopes|policies|field):[^)]*\))/g, '');
  const graph = {
    schema: makeExecutableSchema({ typeDefs }),
    supergraph: new Supergraph(SDL),
    execute: () => Promise.reject(new TypeError('Nothing was expected to be run.')),
    close: () => Promise.resolve(),
  };
  const { refuse } = enforceFieldAccess(graph, () => granted);
  return async (caller: Caller, query: string, variables = {}) => {
    const refused = await refuse(prepare(query), { caller, variables });
    return refused && `${refused.code} ${refused.message}`;
  };
}

describe('a subscription is refused as a whole', () => {
  it.each<readonly [string, Caller, string, string]>([
    [
      'without a credential that its root field requires',
      ANONYMOUS,
      'subscription { known { id } }',
      'UNAUTHENTICATED This field requires a credential.',
    ],
    [
      'without a scope',
      WITHOUT_SCOPES,
      'subscription { other: scoped { id } }',
      'FORBIDDEN This field requires the scope staff, or the scope boss.',
    ],
    [
      'by a policy',
      STAFF,
      'subscription { ...Root } fragment Root on Subscription { decided { id } }',
      'FORBIDDEN This field requires the policy present.',
    ],
    [
      'by the type of its payload',
      ANONYMOUS,
      'subscription { locked { id } }',
      'UNAUTHENTICATED This field requires a credential.',
    ],
    [
      'where all that it selects is refused',
      WITHOUT_SCOPES,
      'subscription { open { secret } }',
      'FORBIDDEN This field requires the scope staff.',
    ],
    [
      'by an argument',
      WITHOUT_SCOPES,
      'subscription ($filter: Filter = { secret: "x" }) { open(filter: $filter) { id } }',
      'FORBIDDEN filter.secret requires the scope staff.',
    ],
  ])('%s', async (_title, caller, query, refusal) => {
    expect(await refusing()(caller, query)).toBe(refusal);
  });
});

describe('a subscription is not refused', () => {
  it.each<readonly [string, Caller, string]>([
    ['where the caller meets all conditions', STAFF, 'subscription { scoped { id secret } }'],
    ['where a part of its payload can be seen', ANONYMOUS, 'subscription { open { id secret } }'],
    ['where access is open', callerWith('all', false), 'subscription { decided { id } }'],
  ])('%s', async (_title, caller, query) => {
    expect(await refusing()(caller, query)).toBeUndefined();
  });

  it('if the policy is met', async () => {
    expect(await refusing(['present'])(STAFF, 'subscription { decided { id } }')).toBeUndefined();
  });

  it('for invalid variables, which have an error of their own', async () => {
    const query = 'subscription ($filter: Filter!) { open(filter: $filter) { id } }';
    expect(await refusing()(ANONYMOUS, query)).toBeUndefined();
  });
});
