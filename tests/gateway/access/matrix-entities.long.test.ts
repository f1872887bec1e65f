import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';
import type { Caller } from '../../../request/caller.ts';
import { createCallerSigning } from '../../../gateway/access/services/signed-caller.ts';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import {
  sendOperation,
  codesAndPaths,
  requestsSince,
  startTestGateway,
  SUBGRAPH_SECRET,
  type TestGateway,
} from '../start-gateway.ts';
import { TABLE } from './matrix/all-forms.ts';
import { entityTable, placesBelow } from './matrix/entity-table.ts';
import { ENTITY_WAYS, type EntityWay } from './matrix/entity-ways.ts';
import { expectAnswer } from './matrix/expected.ts';
import { withTypeNames } from './matrix/forms.ts';
import { allWays, fieldByField, fieldsOf } from './matrix/operations.ts';
import { readSample, type Sample } from './matrix/sample.ts';

let gateway: TestGateway;
let sample: Sample;
beforeAll(async () => {
  gateway = await startTestGateway({
    mode: 'distributed',
    environment: { REQUEST_TIMEOUT_MS: '60000' },
  });
  sample = await readSample(gateway, {});
});
afterAll(() => gateway.close());

const fromEntities = ({ ways }: EntityWay) =>
  Object.fromEntries(
    Object.entries(ways).map(([type, each]) => [
      type,
      each.map((way) => `_entities(representations: $of) { ${way} }`),
    ]),
  );

const operationsOf = (way: EntityWay) => {
  const [ways, table] = [fromEntities(way), entityTable(way)];
  return [
    fieldByField(ways, table),
    allWays('query', ways, table),
    withTypeNames(allWays('query', ways, table)),
  ];
};

/** `_entities` gives a union, so what is asked for of one of its types is in a fragment. */
const asEntity = (text: string, entity: string): string => {
  const document: DocumentNode = visit(parse(text), {
    Field: {
      leave: (field) => {
        if (field.name.value !== '_entities' || field.selectionSet === undefined) return undefined;
        const typeCondition = {
          kind: Kind.NAMED_TYPE,
          name: { kind: Kind.NAME, value: entity },
        } as const;
        const fragment = {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition,
          selectionSet: field.selectionSet,
        } as const;
        return { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections: [fragment] } };
      },
    },
  });
  return print(document);
};

const callerWith = (scopes: Caller['scopes'], isAuthenticated = true): Caller => ({
  id: 'a test',
  isAuthenticated,
  scopes,
  claims: {},
});

const pairs = TABLE.scopes.flatMap((one, index) =>
  TABLE.scopes.slice(index + 1).map((other) => [one, other]),
);
const CALLERS: readonly (readonly [
  string,
  Omit<Caller, 'scopes'> & { readonly scopes: ReadonlySet<string> },
])[] = [
  ['UNAUTHENTICATED', { ...callerWith('all', false), scopes: new Set() }],
  ...[[], ...TABLE.scopes.map((scope) => [scope]), ...pairs, TABLE.scopes].map(
    (scopes) => ['FORBIDDEN', { ...callerWith('all'), scopes: new Set(scopes) }] as const,
  ),
];

const sign = createCallerSigning(SUBGRAPH_SECRET, { requestTimeoutMs: 10_000 });

describe('the paths from entities', () => {
  it.each(['crm', 'payments'] as const)(
    'lead to every protected field that %s has below an entity',
    (service) => {
      const ways = ENTITY_WAYS.filter((way) => way.service === service);
      const reached = new Set(
        ways.flatMap((way) =>
          operationsOf(way).flatMap((operation) => [...fieldsOf(operation, entityTable(way))]),
        ),
      );
      const below = placesBelow(service);
      expect(below.length).toBeGreaterThan(5);
      expect(below.filter((place) => !reached.has(place))).toEqual([]);
    },
  );

  it('do not exist at the gateway', async () => {
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { name } } }';
    const { status, data, errors } = await sendOperation(gateway.url, {
      query,
      variables: { of: [] },
    });
    expect([status, data, errors?.[0]?.extensions?.['code']]).toEqual([
      400,
      undefined,
      'GRAPHQL_VALIDATION_FAILED',
    ]);
  });
});

describe.each(ENTITY_WAYS)(
  'at the service of $service, the protected fields of and below an entity $entity',
  (way) => {
    const askService = async (query: string, caller: Caller) => {
      const url = gateway.urls[SUBGRAPHS.findIndex(({ name }) => name === way.service) + 1] ?? '';
      const since = performance.now();
      const variables = { of: [{ __typename: way.entity, ...way.representation(sample) }] };
      const answer = await sendOperation(
        url,
        { query: asEntity(query, way.entity), variables },
        await sign(caller, 'address 127.0.0.1'),
      );
      return { ...answer, calls: requestsSince(since, gateway.sandbox).length };
    };

    const known = new Map<string, number>();
    const callsFor = async (text: string): Promise<number> => {
      const calls = known.get(text) ?? (await askService(text, callerWith('all'))).calls;
      known.set(text, calls);
      return calls;
    };

    it('are visible to exactly the callers with the scopes, and no other fields are requested from the vendors', async () => {
      const table = entityTable(way);
      for (const operation of operationsOf(way)) {
        const text = print(operation);
        const whole = await askService(text, callerWith('all'));
        expect(whole).toMatchObject({ status: 200, errors: undefined });
        for (const [code, caller] of CALLERS) {
          const name = `${code} ${[...caller.scopes].join(' ')}`;
          const { data, refused, allowed } = expectAnswer(
            operation,
            whole.data,
            caller.scopes,
            table,
          );
          const answer = await askService(text, caller);
          expect([name, codesAndPaths(answer.errors)]).toEqual([
            name,
            refused.map((path) => `${code} ${path}`),
          ]);
          expect([name, answer.data]).toEqual([name, data]);
          expect([name, answer.calls]).toEqual([
            name,
            allowed === undefined ? 0 : await callsFor(print(allowed)),
          ]);
        }
      }
    });
  },
);
