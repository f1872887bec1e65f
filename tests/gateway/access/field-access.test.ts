import { describe, expect, it } from '@jest/globals';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildASTSchema, execute, parse, printSchema, validate } from 'graphql';
import type { Caller } from '../../../request/caller.ts';
import { enforceFieldAccess } from '../../../gateway/access/fields/field-access.ts';
import type { DecidePolicies } from '../../../gateway/access/fields/met-conditions.ts';
import { withoutAccessRules } from '../../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import type { Graph } from '../../../gateway/operation/graph.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import { prepare } from '../operation/prepare.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@authenticated", { name: "@requiresScopes", as: "@scopes" }, "@policy"
])`;

/** A library: whoever comes may see its catalogue. */
const LIBRARY = `${LINK}
  type Query { item(id: ID!): Item items: [Item!] any: [Anything!]! mood: Mood code: Code strict: Strict member: Member }
  interface Item { id: ID! title: String }
  type Book implements Item { id: ID! title: String price: Int! @scopes(scopes: [["sales", "books"], ["boss"]]) }
  type Letter implements Item @authenticated { id: ID! title: String }
  union Anything = Book | Letter
  type Strict { shown: String hidden: String! @authenticated }
  type Member { name: String @policy(policies: [["self"], ["staff", "present"]]) }
  enum Mood @authenticated { GOOD }
  scalar Code @scopes(scopes: [["sales"]])
`;

const BOOK = { __typename: 'Book', id: '1', title: 'Emma', price: 7 };
const LETTER = { __typename: 'Letter', id: '2', title: 'To Cassandra' };
const ROOT = {
  item: ({ id }: { id: string }) => (id === '1' ? BOOK : LETTER),
  items: [BOOK, LETTER],
  any: [BOOK, LETTER],
  mood: 'GOOD',
  code: 'x',
  strict: { shown: 'a', hidden: 'b' },
  member: { name: 'Ada' },
};

const caller = (scopes: Caller['scopes'], isAuthenticated = true): Caller => ({
  id: 'a test',
  isAuthenticated,
  scopes,
  claims: {},
});
const ANONYMOUS = caller(new Set(), false);
const WITHOUT_SCOPES = caller(new Set<string>());
const withScopes = (...scopes: string[]) => caller(new Set(scopes));

/**
 * Serves a schema under its rules; counts what is executed.
 * @param decidesFirst whether access is decided before the execution, as for a shared payload or an `ETag`
 */
function guarded(
  sdl: string,
  decide: DecidePolicies = () => [],
  typeDefs = withoutFederation(sdl),
  decidesFirst = false,
) {
  const schema = makeExecutableSchema({ typeDefs });
  let executed = 0;
  const graph: Graph = {
    schema,
    supergraph: new Supergraph(sdl),
    execute: async ({ document, name }, { variables }) => {
      executed += 1;
      return await execute({
        schema,
        document,
        operationName: name,
        variableValues: variables,
        rootValue: ROOT,
      });
    },
    close: () => Promise.resolve(),
  };
  const safe = enforceFieldAccess(graph, decide);
  const scope = { signal: new AbortController().signal, trace: createCallTrace() };
  return async (who: Caller, query: string, variables: Record<string, unknown> = {}) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const before = executed;
    const operation = prepare(query, document);
    const access = decidesFirst ? await safe.accessTo(operation, who) : undefined;
    const { data, errors = [] } = await safe.execute(operation, {
      variables,
      scope,
      caller: who,
      access,
    });
    const refused = errors.map(({ message, path = [] }) => `${path.join('.')}: ${message}`);
    return { data: structuredClone(data), refused, executed: executed - before };
  };
}

const withoutFederation = (sdl: string) =>
  sdl
    .replace(/extend schema @link\([^]*?\]\)/, '')
    .replace(/ @(authenticated|\w+\((scopes|policies):[^)]*\))/g, '');

describe('names that a client chooses', () => {
  it.each([
    [
      '{ item(id: "2") { _typeOfObject: title ... on Book { price } } }',
      { _typeOfObject: 'To Cassandra' },
    ],
    [
      '{ item(id: "2") { ...Rest } } fragment Rest on Item { _typeOfObject: id _typeOfObject1: title ... on Book { price } }',
      { _typeOfObject: '2', _typeOfObject1: 'To Cassandra' },
    ],
  ])('may equal the generated aliases of this server: %s', async (query, item) => {
    expect(await guarded(LIBRARY)(WITHOUT_SCOPES, query)).toEqual({
      data: { item },
      refused: [],
      executed: 1,
    });
  });
});

describe('a condition whose variable is null', () => {
  it('makes its object null, also beside refused fields', async () => {
    const ask = guarded(LIBRARY);
    const query =
      'query ($x: Boolean = true) { strict { shown @include(if: $x) } member { name } }';
    expect(await ask(WITHOUT_SCOPES, query, { x: null })).toMatchObject({
      data: { strict: null, member: null },
      refused: [
        'strict: Argument "if" of non-null type "Boolean!" must not be null.',
        'member: This field requires the policy self, or the policies staff and present.',
      ],
    });
  });

  it('fails the operation at its root, and nothing is executed', async () => {
    const ask = guarded(LIBRARY);
    const query =
      'query ($x: Boolean = true) { strict { shown } code @include(if: $x) member { name } }';
    expect(await ask(WITHOUT_SCOPES, query, { x: null })).toEqual({
      data: null,
      refused: [': Argument "if" of non-null type "Boolean!" must not be null.'],
      executed: 0,
    });
  });
});

describe('conditions', () => {
  it('of scopes: a caller needs all scopes of one list', async () => {
    const ask = guarded(LIBRARY);
    const query = '{ item(id: "1") { id ... on Book { price } } }';
    expect(await ask(withScopes('sales'), query)).toMatchObject({
      data: { item: null },
      refused: ['item.price: This field requires the scopes sales and books, or the scope boss.'],
    });
    for (const who of [withScopes('sales', 'books'), withScopes('boss'), caller('all')])
      expect(await ask(who, query)).toMatchObject({
        data: { item: { id: '1', price: 7 } },
        refused: [],
      });
  });

  it('of a type: its objects, but not its neighbours behind the same interface', async () => {
    const ask = guarded(LIBRARY);
    const query = '{ items { ... on Book { id } ... on Letter { title } } }';
    expect(await ask(ANONYMOUS, query)).toMatchObject({
      data: { items: [{ id: '1' }, { title: null }] },
      refused: ['items.1.title: This field requires a credential.'],
    });
    expect(await ask(WITHOUT_SCOPES, query)).toMatchObject({
      data: { items: [{ id: '1' }, { title: 'To Cassandra' }] },
      refused: [],
    });
  });

  it('of a type behind an interface: a field of the interface requires the scopes of all its types', async () => {
    const ask = guarded(LIBRARY);
    expect(await ask(ANONYMOUS, '{ item(id: "1") { title } }')).toMatchObject({
      data: { item: null },
      executed: 0,
    });
    expect(await ask(WITHOUT_SCOPES, '{ item(id: "2") { title } }')).toMatchObject({
      data: { item: { title: 'To Cassandra' } },
      refused: [],
    });
  });

  it('of enums and scalars: the fields that lead to them', async () => {
    const ask = guarded(LIBRARY);
    expect(await ask(WITHOUT_SCOPES, '{ mood code }')).toMatchObject({
      data: { mood: 'GOOD', code: null },
      refused: ['code: This field requires the scope sales.'],
    });
    expect(await ask(ANONYMOUS, '{ mood code }')).toMatchObject({
      data: { mood: null, code: null },
      executed: 0,
    });
  });

  it('of a field that cannot be null: null where its object may be', async () => {
    const ask = guarded(LIBRARY);
    expect(await ask(ANONYMOUS, '{ strict { shown hidden } }')).toMatchObject({
      data: { strict: null },
      refused: ['strict.hidden: This field requires a credential.'],
    });
  });

  it('of a field that cannot be null, all the way up: the response has no data', async () => {
    const sdl = `${LINK} type Query { strict: Strict! mood: String } type Strict { shown: String hidden: String! @authenticated }`;
    expect(await guarded(sdl)(ANONYMOUS, '{ mood strict { shown hidden } }')).toMatchObject({
      data: null,
      refused: ['strict.hidden: This field requires a credential.'],
    });
  });

  it('of a field beside one that the client calls __proto__: both are in the response', async () => {
    const { data, refused } = await guarded(LIBRARY)(
      WITHOUT_SCOPES,
      '{ code __proto__: strict { constructor: shown } }',
    );
    expect(JSON.stringify(data)).toBe('{"code":null,"__proto__":{"constructor":"a"}}');
    expect(refused).toEqual(['code: This field requires the scope sales.']);
  });

  it('of policies: the operator decides, once for an operation, and only on its own policies', async () => {
    const asked: (readonly string[])[] = [];
    const ask = guarded(LIBRARY, (_who, policies) => {
      asked.push(policies);
      return Promise.resolve(['staff', 'present']);
    });
    expect(await ask(WITHOUT_SCOPES, '{ member { name } }')).toMatchObject({
      data: { member: { name: 'Ada' } },
      refused: [],
    });
    await ask(WITHOUT_SCOPES, '{ strict { shown } }');
    expect(asked).toEqual([['self', 'staff', 'present']]);
    const refusing = guarded(LIBRARY, () => ['staff']);
    expect(await refusing(WITHOUT_SCOPES, '{ member { __typename name } }')).toMatchObject({
      data: { member: { name: null } },
      refused: [
        'member.name: This field requires the policy self, or the policies staff and present.',
      ],
    });
  });

  it('of policies: an execution keeps to the decision that was made before it', async () => {
    let count = 0;
    const decide: DecidePolicies = (_who, policies) => ((count += 1) === 1 ? [] : policies);
    const ask = guarded(LIBRARY, decide, withoutFederation(LIBRARY), true);
    const query = '{ item(id: "1") { id } member { name } }';
    expect((await ask(WITHOUT_SCOPES, query)).data).toEqual({ item: { id: '1' }, member: null });
    expect(count).toBe(1);
    expect((await ask(WITHOUT_SCOPES, query)).data).toMatchObject({ member: { name: 'Ada' } });
    expect(count).toBe(2);
  });
});

describe('a graph', () => {
  it('with policies is not served without POLICIES', () => {
    expect(() =>
      load(`${LINK} type Query { a: String @policy(policies: [["p"]]) }`, undefined),
    ).toThrow('POLICIES');
  });

  it('is not served if a directive is not linked, as nothing would enforce it', () => {
    expect(() =>
      load(
        'directive @authenticated on FIELD_DEFINITION type Query { a: String @authenticated }',
        undefined,
      ),
    ).toThrow(
      'The schema applies @authenticated to Query.a, but does not link the specification of that directive',
    );
  });

  it('has access rules under any linked name of their directives, in a supergraph too', async () => {
    const supergraph = `
      schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", as: "needs", for: SECURITY) { query: Query }
      directive @link(url: String, as: String, for: Purpose, import: [String]) repeatable on SCHEMA
      directive @needs(scopes: [[needs__Scope!]!]!) on FIELD_DEFINITION
      enum Purpose { SECURITY }
      scalar needs__Scope
      type Query { mood: String @needs(scopes: [["x"]]) }`;
    const open = withoutAccessRules(new Supergraph(supergraph));
    const ask = guarded(supergraph, undefined, open.sdl);
    expect(await ask(WITHOUT_SCOPES, '{ mood }')).toMatchObject({
      data: { mood: null },
      refused: ['mood: This field requires the scope x.'],
    });
    expect(printSchema(buildASTSchema(parse(open.sdl)))).not.toContain('needs');
  });
});

const load = (sdl: string, decide: DecidePolicies | undefined) =>
  enforceFieldAccess(
    {
      schema: buildASTSchema(parse('type Query { a: String }')),
      supergraph: new Supergraph(sdl),
      execute: () => Promise.resolve({ data: {} }),
      close: () => Promise.resolve(),
    },
    decide,
  );
