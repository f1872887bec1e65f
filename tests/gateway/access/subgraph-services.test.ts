import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { ANONYMOUS_CALLER, type Caller } from '../../../request/caller.ts';
import {
  CALLER_HEADER,
  createCallerSigning,
} from '../../../gateway/access/services/signed-caller.ts';
import {
  sendOperation,
  requestsSince,
  startTestGateway,
  SUBGRAPH_SECRET,
  type TestGateway,
} from '../start-gateway.ts';
import { TIMERS } from '../../timers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ mode: 'distributed' });
});
afterAll(() => gateway.close());
afterEach(() => {
  jest.useRealTimers();
});

const ADA: Caller = {
  id: 'jwt:https://issuer.test/|ada',
  isAuthenticated: true,
  scopes: new Set(['personal:read', 'crm:write']),
  claims: {},
};

/** @param clientKey of the anonymous */
const signing =
  (
    secret = SUBGRAPH_SECRET,
    signCaller = createCallerSigning(secret, { requestTimeoutMs: 10_000 }),
  ) =>
  (caller: Caller, clientKey = 'address 192.0.2.1') =>
    signCaller(caller, clientKey);
const ENCODED = Buffer.from('{"alg":"none"}').toString('base64url');

/** What a gateway signs, but for what is said. */
function signed({ claims = {}, secret = SUBGRAPH_SECRET, alg = 'HS256' } = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'tributary-gateway',
    aud: 'tributary-subgraph',
    sub: ADA.id,
    iat: now,
    exp: now + 60,
    ...claims,
  };
  return new SignJWT({ isAuthenticated: true, scopes: 'all', ...payload })
    .setProtectedHeader({ alg })
    .sign(createSecretKey(Buffer.from(secret)));
}

const EXPIRED = { exp: Math.floor(Date.now() / 1000) - 10 };

const INVALID: readonly (readonly [string, () => Promise<Record<string, string>>])[] = [
  ['unsigned', () => Promise.resolve({})],
  ['with garbage for a signature', () => Promise.resolve({ [CALLER_HEADER]: 'garbage' })],
  [
    'signed with another secret',
    async () => ({ [CALLER_HEADER]: await signed({ secret: 'x'.repeat(32) }) }),
  ],
  [
    'signed with another algorithm',
    async () => ({
      [CALLER_HEADER]: await signed({ alg: 'HS512', secret: SUBGRAPH_SECRET.repeat(2) }),
    }),
  ],
  [
    'signed by nothing',
    async () => ({ [CALLER_HEADER]: `${ENCODED}.${(await signed()).split('.')[1] ?? ''}.` }),
  ],
  ['signed a while ago', async () => ({ [CALLER_HEADER]: await signed({ claims: EXPIRED }) })],
  [
    'signed for others',
    async () => ({ [CALLER_HEADER]: await signed({ claims: { aud: 'other' } }) }),
  ],
  [
    'signed by others',
    async () => ({ [CALLER_HEADER]: await signed({ claims: { iss: 'other' } }) }),
  ],
  [
    'signed without scopes',
    async () => ({ [CALLER_HEADER]: await signed({ claims: { scopes: null } }) }),
  ],
  [
    'signed for a caller whose id is a number',
    async () => ({ [CALLER_HEADER]: await signed({ claims: { sub: 1 } }) }),
  ],
  [
    'signed with a time that is text',
    async () => ({ [CALLER_HEADER]: await signed({ claims: { iat: 'x' } }) }),
  ],
  [
    'with two signatures',
    async () => ({ [CALLER_HEADER]: `${await signed()}, ${await signed()}` }),
  ],
  [
    'with the signature as a credential',
    async () => ({ authorization: `Bearer ${await signed()}` }),
  ],
];

const REPRESENTATIONS = [
  { __typename: 'Customer', id: '1', billingLink: { reference: null, emails: ['x@example.com'] } },
];

/** Everything there is to ask of a service. */
const OPERATIONS: readonly (readonly [number, object])[] = [
  [1, { query: '{ customers(first: 1) { nodes { id } } }' }],
  [1, { query: 'mutation { createDeal(input: { title: "x" }) { deal { id } } }' }],
  [1, { query: '{ _service { sdl } }' }],
  [1, { query: '{ __schema { queryType { name } } }' }],
  [
    2,
    {
      query:
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { payments(first: 1) { nodes { id } } } } }',
      variables: { of: REPRESENTATIONS },
    },
  ],
  [3, { query: '{ geocode(address: "5 Avenue Anatole France, Paris") { id } }' }],
];

const serviceUrl = (index: number) => gateway.urls[index] ?? '';

describe('a service of a subgraph', () => {
  it.each(INVALID)('refuses requests %s, without a call to a vendor', async (_name, headersOf) => {
    const since = performance.now();
    const headers = await headersOf();
    for (const [index, body] of OPERATIONS) {
      const answer = await sendOperation(serviceUrl(index), body, headers);
      expect(answer).toMatchObject({
        status: 401,
        data: undefined,
        errors: [{ extensions: { code: 'UNAUTHENTICATED', retryable: false } }],
      });
    }
    expect(requestsSince(since, gateway.sandbox)).toEqual([]);
  });

  it('accepts requests that its gateway has signed, for a minute', async () => {
    jest.useFakeTimers({ doNotFake: [...TIMERS] });
    const headers = await signing()(ADA);
    const question = { query: '{ customers(first: 1) { nodes { id } } }' };
    expect(await sendOperation(serviceUrl(1), question, headers)).toMatchObject({
      status: 200,
      errors: undefined,
    });
    jest.setSystemTime(Date.now() + 55_000);
    expect(await sendOperation(serviceUrl(1), question, headers)).toMatchObject({
      status: 200,
      errors: undefined,
    });
    jest.setSystemTime(Date.now() + 11_000);
    const { status, errors } = await sendOperation(serviceUrl(1), question, headers);
    expect([status, errors?.[0]?.message]).toEqual([
      401,
      'The signature of the request has expired.',
    ]);
  });

  it('knows the caller of a request', async () => {
    await sendOperation(
      serviceUrl(1),
      { query: 'query Known { customers(first: 1) { nodes { id } } }' },
      await signing()(ADA),
    );
    const line = gateway.log.find((text) => text.includes('"operation":"Known"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ caller: ADA.id });
  });

  it('executes a mutation once for each of two callers with the same idempotency key', async () => {
    const create = async (caller: Caller) => {
      const query = `mutation { createDeal(input: { title: "x", idempotencyKey: "one" }) { deal { id } userErrors { code } } }`;
      const { data } = await sendOperation(serviceUrl(1), { query }, await signing()(caller));
      return data.createDeal.deal.id as string;
    };
    const [first, other, again] = [
      await create(ADA),
      await create({ ...ADA, id: 'key:x' }),
      await create({ ...ADA }),
    ];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('a signature', () => {
  it('serves the requests of a caller for some seconds, and each caller has one', async () => {
    jest.useFakeTimers({ doNotFake: [...TIMERS] });
    const sign = signing();
    const first = await sign(ADA);
    expect(sign(ADA)).toBe(first);
    expect(await sign(ANONYMOUS_CALLER)).not.toEqual(first);
    jest.setSystemTime(Date.now() + 15_001);
    expect(await sign(ADA)).not.toEqual(first);
  });

  it('distinguishes anonymous clients without their addresses', async () => {
    const sign = signing();
    const payloadFor = async (address: string) => {
      const headers = await sign(ANONYMOUS_CALLER, `address ${address}`);
      return Buffer.from(
        (headers[CALLER_HEADER] ?? '').split('.')[1] ?? '',
        'base64url',
      ).toString();
    };
    const [first, again, other] = [
      await payloadFor('192.0.2.1'),
      await payloadFor('192.0.2.1'),
      await payloadFor('192.0.2.2'),
    ];
    const keyOf = (payload: string) => (JSON.parse(payload) as { clientKey: string }).clientKey;
    expect(keyOf(again)).toBe(keyOf(first));
    expect(keyOf(other)).not.toBe(keyOf(first));
    expect(first + other).not.toContain('192.0.2');
  });

  it('contains no claims of a token', async () => {
    const headers = await signing()({ ...ADA, claims: { email: 'ada@example.com' } });
    const payload = Buffer.from(
      (headers[CALLER_HEADER] ?? '').split('.')[1] ?? '',
      'base64url',
    ).toString();
    expect(Object.keys(JSON.parse(payload) as object).sort()).toEqual([
      'aud',
      'exp',
      'iat',
      'isAuthenticated',
      'iss',
      'scopes',
      'sub',
    ]);
  });
});
