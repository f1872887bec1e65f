import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CALLER_HEADER,
  createCallerSigning,
} from '../../../../gateway/access/services/signed-caller.ts';
import type { RunningService } from '../../../../gateway/server/run.ts';
import type { Caller } from '../../../../request/caller.ts';
import { composeSupergraph } from '../../../federation/compose-supergraph.ts';
import { sendOperation } from '../../start-gateway.ts';
import { type StandInService, startStandInService } from './stand-in-service.ts';
import { serveServices } from './serve-services.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const SECRET = 'a secret that services of ours share with their gateway';

let claims: Caller['claims'];
let loyalty: StandInService;
let gateway: RunningService;

beforeEach(async () => {
  claims = {};
  loyalty = await startStandInService(() => ({ data: { programme: 'gold' } }));
  gateway = await serveServices({
    supergraph: composeSupergraph([
      { name: 'loyalty', url: loyalty.url, sdl: `${LINK} type Query { programme: String }` },
    ]),
    services: [
      {
        name: 'loyalty',
        forwardedHeaders: ['x-tenant'],
        claimHeaders: {
          'x-user': 'email',
          'x-plan': 'https://example.com/plan',
          'x-own': 'constructor',
        },
      },
    ],
    identify: () => ({
      id: 'jwt:https://issuer.example|ada',
      isAuthenticated: true,
      scopes: new Set(['personal:read']),
      claims,
    }),
    signCaller: createCallerSigning(SECRET, { requestTimeoutMs: 10_000 }),
  });
});
afterEach(async () => {
  await gateway.close();
  await loyalty.close();
});

const query = (headers: Readonly<Record<string, string>> = {}) =>
  sendOperation(gateway.url, { query: '{ programme }' }, { 'x-tributary-trace': '1', ...headers });

const received = () => loyalty.requests.at(-1)?.headers ?? {};

describe('a foreign service', () => {
  it('cannot report vendor calls, stale records or truncated lists', async () => {
    const call = {
      vendor: 'stripe',
      method: 'GET',
      path: '/v1/customers',
      status: 200,
      startMs: 0,
      ms: 1,
      batchSize: null,
    };
    loyalty.answer = () => ({
      data: { programme: 'gold' },
      extensions: {
        upstream: [call],
        stale: [{ type: 'Customer', ageSeconds: 1 }],
        truncated: [{ field: 'Customer.orders', items: 1 }],
      },
    });
    const { data, extensions } = await query();
    expect(data).toEqual({ programme: 'gold' });
    expect(JSON.stringify(extensions ?? {})).not.toMatch(/stripe|Customer/);
  });

  it.each(['payments', 'crm', 'embedded', 'a'.repeat(5000)])(
    'cannot report an error in the name of the subgraph %.20s',
    async (service) => {
      loyalty.answer = () => ({
        data: null,
        errors: [{ message: 'No.', extensions: { code: 'UPSTREAM_UNAVAILABLE', service } }],
      });
      const { errors } = await query();
      expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_UNAVAILABLE');
      expect([undefined, 'loyalty']).toContain(errors?.[0]?.extensions?.['service']);
    },
  );

  it.each([
    'PERSISTED_QUERY_NOT_FOUND',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_NOT_LISTED',
    'PAYLOAD_TOO_LARGE',
    'constructor',
    '__proto__',
  ])('cannot report the code %s, which is about the client’s own request', async (code) => {
    loyalty.answer = () => ({ data: null, errors: [{ message: 'No.', extensions: { code } }] });
    expect((await query()).errors).toMatchObject([
      { extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false } },
    ]);
  });

  it('cannot make a client retry a permanent failure, or wait for ever', async () => {
    loyalty.answer = () => ({
      data: null,
      errors: [
        {
          message: 'No.',
          extensions: {
            code: 'FORBIDDEN',
            retryable: true,
            retryAfter: 1e12,
            http: { status: 500, headers: { 'set-cookie': 'a=b' } },
          },
        },
      ],
    });
    const { errors } = await query();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', retryable: false });
    expect(Number(errors?.[0]?.extensions?.['retryAfter'])).toBeLessThan(1e6);
    expect(errors?.[0]?.extensions).not.toHaveProperty('http');
  });

  it('receives neither the signed caller nor a credential, and only listed headers', async () => {
    await query({
      'x-tenant': 't1',
      'x-other': 'o1',
      cookie: 'a=b',
      authorization: 'Bearer secret',
      'x-api-key': 'secret',
      [CALLER_HEADER]: 'forged',
    });
    const headers = received();
    expect(headers).toMatchObject({ 'x-tenant': 't1' });
    for (const name of ['x-other', 'cookie', 'authorization', 'x-api-key', CALLER_HEADER])
      expect(headers).not.toHaveProperty(name);
    // The id is random, so any three letters of hexadecimal can be in it.
    const texts = Object.entries(headers).filter(([name]) => name !== 'x-request-id');
    expect(JSON.stringify(texts)).not.toMatch(/secret|forged|ada|personal/);
  });

  it('receives only the claims that are listed for it', async () => {
    claims = { email: 'ada@example.com', 'https://example.com/plan': 3, name: 'Ada Lovelace' };
    await query();
    expect(received()).toMatchObject({ 'x-user': 'ada@example.com', 'x-plan': '3' });
    expect(JSON.stringify(received())).not.toMatch(/Lovelace/);
  });

  it.each<[string, unknown]>([
    ['is missing', undefined],
    ['is null', null],
    ['is a list', ['a']],
    ['is an object', { a: 1 }],
    ['has a line break', 'a\r\nx-admin: 1'],
    ['is not ASCII', 'Zoë'],
    ['is empty', ''],
    ['begins with a space', ' a'],
    ['is too long', 'a'.repeat(1001)],
  ])(
    'receives no header for a claim that %s, and no such header of a client',
    async (_what, email) => {
      claims = email === undefined ? {} : { email };
      const { data, errors } = await query({ 'x-user': 'forged', 'x-own': 'forged' });
      expect({ data, errors }).toEqual({ data: { programme: 'gold' }, errors: undefined });
      expect(received()).not.toHaveProperty('x-user');
      expect(received()).not.toHaveProperty('x-own');
    },
  );
});
