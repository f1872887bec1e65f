import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSignedCallers } from '../../../../gateway/access/services/signed-caller.ts';
import { type Environment, parseSettings, type Problems } from '../../../../settings/settings.ts';
import { serverSettings } from '../../../../gateway/server/server-config.ts';
import type { RunningService } from '../../../../gateway/server/run.ts';
import { createMonitoring } from '../../../../monitoring/monitoring.ts';
import { type Sandbox, startSandbox } from '../../../../sandbox/sandbox.ts';
import { openSubgraphs, prepareSubgraphs } from '../../../../subgraphs/start-subgraphs.ts';
import { createSubgraphGraph } from '../../../../gateway/engines/single/subgraph-graph.ts';
import { startSubgraphService, toServiceSource } from '../../../../gateway/subgraph-service.ts';
import { SUBGRAPHS } from '../../../../bin/subgraphs.ts';
import { planVendors } from '../../../../subgraphs/vendor-plan.ts';
import { runnerFor } from '../../../federation/run-operation.ts';
import { sendOperation } from '../../start-gateway.ts';

let sandbox: Sandbox;
const services = new Map<string, RunningService>();

beforeAll(async () => {
  sandbox = await startSandbox();
  for (const { name } of SUBGRAPHS)
    services.set(
      name,
      await startService(name, { PORT: '0', LOG_LEVEL: 'silent', ...sandbox.environment }),
    );
});

afterAll(async () => {
  for (const service of services.values()) await service.close();
  await sandbox.close();
});

const readSdl = (name: string) =>
  readFileSync(new URL(`../../../../schema/${name}.graphql`, import.meta.url), 'utf8');

async function startService(name: string, environment: Environment): Promise<RunningService> {
  const problems: Problems = [];
  const config = parseSettings(serverSettings({ defaultPort: 0 }), environment, problems);
  const modules = SUBGRAPHS.filter((module) => module.name === name);
  const plans = planVendors({ modules, environment, production: false, problems });
  const [module] = modules;
  const prepared = await prepareSubgraphs({ plans, environment, problems });
  if (config === undefined || module === undefined || prepared === undefined)
    throw new Error(problems.join('\n'));
  const { subgraphs, secrets, close } = openSubgraphs(prepared, { readSdl });
  const [subgraph] = subgraphs;
  if (subgraph === undefined) throw new Error('The subgraph of this test is there.');
  const callers = createSignedCallers({ secret: undefined, isOpen: true });
  return startSubgraphService({
    config,
    module,
    first: toServiceSource(subgraph.serve()),
    secrets,
    callers,
    writeLog: () => undefined,
    monitoring: createMonitoring({ vendors: [] }),
    end: close,
  });
}

async function entities(
  service: string,
  representations: readonly unknown[],
  selection = '__typename',
) {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ${selection} } }`;
  const { data, errors = [] } = await sendOperation(services.get(service)?.url ?? '', {
    query,
    variables: { of: representations },
  });
  const problems = errors.map(
    ({ path = [], extensions, message }) =>
      `${path.join('.')} ${String(extensions?.['code'])}: ${message}`,
  );
  return { data: data?._entities as unknown, problems };
}

const EXISTING = {
  __typename: 'PostalAddress',
  formatted: '5 Avenue Anatole France, Paris, 75007, France',
};

describe('invalid representations', () => {
  it('do not end the service', async () => {
    const bad = [
      { __typename: 'Customer', id: 'bad' },
      { __typename: 'Customer', id: null },
    ];
    expect(await entities('crm', bad)).toEqual({
      data: [null, null],
      problems: [
        '_entities.1 BAD_USER_INPUT: A representation of Customer must have text as id, but id is null.',
        expect.stringMatching(/^_entities\.0 BAD_USER_INPUT: /),
      ],
    });
    expect((await fetch(`${services.get('crm')?.url ?? ''}/health/live`)).status).toBe(200);
  });

  it('do not affect the others', async () => {
    const bad = [
      5,
      'text',
      [],
      {},
      { __typename: 'Nobody' },
      { __typename: 'PostalAddress' },
      { __typename: 'PostalAddress', formatted: 5 },
    ];
    expect(
      await entities('maps', [...bad, EXISTING], '... on PostalAddress { formatted timeZone }'),
    ).toEqual({
      data: [
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        { formatted: EXISTING.formatted, timeZone: 'Europe/Paris' },
      ],
      problems: [
        '_entities.0 BAD_USER_INPUT: A representation must be an object, but is 5.',
        '_entities.1 BAD_USER_INPUT: A representation must be an object, but is "text".',
        '_entities.2 BAD_USER_INPUT: A representation must be an object, but is a list.',
        '_entities.3 BAD_USER_INPUT: __typename of a representation must be one of PostalAddress, but is not there.',
        '_entities.4 BAD_USER_INPUT: __typename of a representation must be one of PostalAddress, but is "Nobody".',
        '_entities.5 BAD_USER_INPUT: A representation of PostalAddress must have text as formatted, but formatted is not there.',
        '_entities.6 BAD_USER_INPUT: A representation of PostalAddress must have text as formatted, but formatted is 5.',
      ],
    });
  });

  it('are refused for invalid @requires fields, too', async () => {
    const bad = [
      { __typename: 'Customer', id: {} },
      { __typename: 'Customer', id: '1', billingLink: 'cus_1' },
      { __typename: 'Customer', id: '1', billingLink: { reference: {}, emails: null } },
      { __typename: 'Customer', id: '1', billingLink: { emails: 'a@example.com' } },
      { __typename: 'Customer', id: '1', billingLink: { emails: ['a@example.com', 1] } },
      { __typename: 'Customer', id: '1', billingLink: { emails: [null] } },
      { __typename: 'Customer', id: '1', billingLink: { reference: null, emails: null } },
    ];
    expect(await entities('payments', bad, '... on Customer { billingAccounts { id } }')).toEqual({
      data: [null, null, null, null, null, null, { billingAccounts: [] }],
      problems: [
        '_entities.0 BAD_USER_INPUT: A representation of Customer must have text as id, but id is an object.',
        '_entities.1 BAD_USER_INPUT: Customer.billingLink of a representation must be an object, but is "cus_1".',
        '_entities.2 BAD_USER_INPUT: Customer.billingLink.reference of a representation must be text, but is an object.',
        '_entities.3 BAD_USER_INPUT: Customer.billingLink.emails of a representation must be a list, but is "a@example.com".',
        '_entities.4 BAD_USER_INPUT: Customer.billingLink.emails.1 of a representation must be text, but is 1.',
        '_entities.5 BAD_USER_INPUT: Customer.billingLink.emails.0 of a representation must be text, but is null.',
      ],
    });
  });

  it('include keys that a subgraph cannot resolve', async () => {
    const { problems } = await entities('crm', [EXISTING]);
    expect(problems).toEqual([
      '_entities.0 BAD_USER_INPUT: __typename of a representation must be one of Customer, Company, Deal, Payment, Invoice, BillingAccount, but is "PostalAddress".',
    ]);
  });
});

it('representations may have more keys than a client may send', async () => {
  const representations = Array.from({ length: 6000 }, () => ({
    __typename: 'PostalAddress',
    formatted: 'x',
  }));
  const { data, problems } = await entities('maps', representations);
  expect(data).toHaveLength(6000);
  expect(problems).toEqual([]);
});

describe('the keys of a subgraph are read', () => {
  const FEDERATION = 'url: "https://specs.apollo.dev/federation/v2.9"';

  it.each([
    ['by an import', `extend schema @link(${FEDERATION}, import: ["@key"])`, '@key'],
    [
      'by an import under an alias',
      `extend schema @link(${FEDERATION}, import: [{ name: "@key", as: "@id" }])`,
      '@id',
    ],
    ['with the prefix of Federation', `extend schema @link(${FEDERATION})`, '@federation__key'],
    ['with an alias as prefix', `extend schema @link(${FEDERATION}, as: "fed")`, '@fed__key'],
    ['without a link, as in Federation 1', '', '@key'],
  ])('%s, fields of objects included', async (_how, link, key) => {
    const { run } = runnerFor(
      createSubgraphGraph({
        name: 'crm',
        sdl: `${link}
          type Query { item: Item }
          type Item ${key}(fields: "code, shop { id }") ${key}(fields: "number", resolvable: false) { code: ID! shop: Shop! number: ID! }
          type Shop { id: ID! }`,
        resolvers: { Item: { __resolveReference: (reference: object) => reference } },
        createContext: () => ({}),
      }),
    );
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Item { code shop { id } } } }';
    const right = { __typename: 'Item', code: 'a', shop: { id: 'b' } };
    const { data, errors = [] } = await run(query, {
      of: [right, { ...right, shop: {} }, { __typename: 'Item', number: 'c' }],
    });
    expect(data).toEqual({ _entities: [{ code: 'a', shop: { id: 'b' } }, null, null] });
    expect(errors.map(({ message }) => message)).toEqual([
      'A representation of Item must have text as code and shop.id, but code is "a" and shop.id is not there.',
      'A representation of Item must have text as code and shop.id, but code is not there and shop.id is not there.',
    ]);
  });
});

it('keys that are numbers are accepted as numbers, and refused if they are missing', async () => {
  const { run } = runnerFor(
    createSubgraphGraph({
      name: 'maps',
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
        scalar Latitude
        type Query { spot: Spot }
        type Spot @key(fields: "at { latitude } floor") { at: Point! floor: Int! }
        type Point { latitude: Latitude! }`,
      resolvers: { Spot: { __resolveReference: (reference: object) => reference } },
      createContext: () => ({}),
    }),
  );
  const query =
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Spot { at { latitude } floor } } }';
  const right = { __typename: 'Spot', at: { latitude: 48.8584 }, floor: 0 };
  const { data, errors = [] } = await run(query, {
    of: [right, { ...right, at: {} }, { ...right, floor: [1] }],
  });
  expect(data).toEqual({ _entities: [{ at: { latitude: 48.8584 }, floor: 0 }, null, null] });
  expect(errors.map(({ message }) => message)).toEqual([
    'A representation of Spot must have values as at.latitude and floor, but at.latitude is not there and floor is 0.',
    'A representation of Spot must have values as at.latitude and floor, but at.latitude is 48.8584 and floor is a list.',
  ]);
});
