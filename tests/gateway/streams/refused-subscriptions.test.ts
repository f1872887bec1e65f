import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeOfType } from '../../events/changes.ts';
import { WebSocket } from 'ws';
import { createKeyFile, type KeyFile } from '../access/key-file.ts';
import { bearer } from '../access/token-issuer.ts';
import { type GatewayResponse, startTestGateway, type TestGateway } from '../start-gateway.ts';
import {
  openRefused,
  openTestStream,
  requestStream,
  type StreamOptions,
  TRANSPORTS,
} from './open-test-stream.ts';

const STREAM_OR_JSON = 'application/graphql-response+json, text/event-stream;q=0.9';

const NO_OPTIONS = (): StreamOptions => ({});

let keys: KeyFile;
let personal: Record<string, string>;
let partner: Record<string, string>;
beforeAll(async () => {
  keys = await createKeyFile();
  personal = bearer(await keys.add({ scopes: ['personal:read'] }));
  partner = bearer(await keys.add({ scopes: ['personal:read'], audience: 'partner' }));
});
afterAll(() => keys.remove());

describe.each(['embedded', 'distributed'] as const)('with the %s gateway', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const environment = { API_KEYS_FILE: keys.path, ANONYMOUS_SCOPES: 'none' };
    gateway = await startTestGateway({ mode, environment });
  });
  afterAll(() => gateway.close());

  /** The status and the code of a request that must not get a stream. */
  const refusalOf = async (query: string, options?: StreamOptions) => {
    const response = await requestStream(gateway, query, {
      ...options,
      // What is no stream comes as JSON, with a status.
      headers: { ...options?.headers, accept: STREAM_OR_JSON },
    });
    expect(response.headers.get('content-type')).toContain('json');
    const { errors, data } = (await response.json()) as Pick<GatewayResponse, 'errors' | 'data'>;
    expect(data).toBeUndefined();
    const [error] = errors ?? [];
    return [response.status, error?.extensions?.['code'], error?.message];
  };

  describe('a subscription is invalid', () => {
    const VARIABLES = { yes: true, no: false };

    it.each([
      ['with two root fields', 'subscription { companyChanged { id } dealChanged { id } }'],
      [
        'with two root fields in fragments',
        'subscription { ...A ... on Subscription { dealChanged { id } } } fragment A on Subscription { companyChanged { id } }',
      ],
      [
        'with one root field twice, under two names',
        'subscription { companyChanged { id } other: companyChanged { id } }',
      ],
      ['with __typename as its root field', 'subscription { __typename }'],
      ['with the schema as its root field', 'subscription { __schema { queryType { name } } }'],
      [
        'with __typename beside its root field',
        'subscription { __typename companyChanged { id } }',
      ],
      [
        'with a root field that a variable skips',
        'subscription ($yes: Boolean!) { companyChanged @skip(if: $yes) { id } }',
      ],
      [
        'with a choice of two root fields by a variable',
        'subscription ($yes: Boolean!) { companyChanged @skip(if: $yes) { id } dealChanged @include(if: $yes) { id } }',
      ],
      [
        'with a condition on a fragment around its root field',
        'subscription ($no: Boolean!) { ...A @skip(if: $no) } fragment A on Subscription { companyChanged { id } }',
      ],
      [
        'with a condition in a fragment of a fragment',
        'subscription ($no: Boolean!) { ...A } fragment A on Subscription { ... { ...B } } fragment B on Subscription { companyChanged @skip(if: $no) { id } }',
      ],
      [
        'with a condition that has no variable',
        'subscription { companyChanged @include(if: true) { id } }',
      ],
      [
        'beside a query in one document',
        'query Q { companies(first: 1) { nodes { id } } } subscription S($no: Boolean!) { companyChanged @skip(if: $no) { id } }',
      ],
    ])('%s, the first time and repeated', async (_title, query) => {
      for (const time of ['first', 'repeated']) {
        const [status, code] = await refusalOf(query, { variables: VARIABLES });
        expect([time, status, code]).toEqual([time, 400, 'GRAPHQL_VALIDATION_FAILED']);
      }
      // Without a stream, too.
      const { status, errors } = await gateway.query(query, VARIABLES);
      expect([status, errors?.[0]?.extensions?.['code']]).toEqual([
        400,
        'GRAPHQL_VALIDATION_FAILED',
      ]);
    });
  });

  it('conditions below the root field are decided for each stream', async () => {
    const query =
      'subscription ($yes: Boolean!) { companyChanged { id ... @include(if: $yes) { kind } at @skip(if: $yes) } }';
    const stream = await openTestStream(gateway, query, { variables: { yes: true } });
    await gateway.events.log.append([
      { key: 'condition', changes: [changeOfType('Company', 'c')] },
    ]);
    expect((await stream.next()).data).toEqual({ companyChanged: { id: 'c', kind: 'UPDATED' } });
    await stream.close();
  });

  it('a variable that does not fit is refused before there is a stream', async () => {
    const query = 'subscription ($id: ID!) { companyChanged(id: $id) { id } }';
    expect(await refusalOf(query)).toEqual([400, 'BAD_USER_INPUT', expect.anything()]);
  });

  describe('who may not see the root field gets no stream', () => {
    const CUSTOMER = 'subscription { customerChanged { id } }';
    const PAYMENT = 'subscription { changed: paymentChanged { id kind } }';

    it('without a credential', async () => {
      const message = 'This field requires the scope personal:read.';
      expect(await refusalOf(CUSTOMER)).toEqual([401, 'UNAUTHENTICATED', message]);
    });

    it('with a credential that lacks the scope, whatever others it has', async () => {
      expect(await refusalOf(PAYMENT, { headers: personal })).toEqual([
        403,
        'FORBIDDEN',
        'This field requires the scope payments:read.',
      ]);
      const stream = await openTestStream(gateway, CUSTOMER, { headers: personal });
      await stream.close();
    });

    it('where nothing is left of what it selects', async () => {
      const nothing =
        'subscription { companyChanged { company { customers { nodes { name } } } } }';
      expect(await refusalOf(nothing)).toEqual([401, 'UNAUTHENTICATED', expect.anything()]);
    });

    it('and is refused a field of the payload by each payload', async () => {
      const query =
        'subscription { companyChanged { id company { name customers(first: 1) { nodes { name } } } } }';
      const { data } = await gateway.query('{ companies(first: 1) { nodes { id name } } }');
      const [{ id, name }] = data.companies.nodes;
      const stream = await openTestStream(gateway, query);
      await gateway.events.log.append([{ key: 'field', changes: [changeOfType('Company', id)] }]);
      const payload = await stream.next();
      expect(payload).toMatchObject({
        data: { companyChanged: { id, company: { name, customers: null } } },
        errors: [
          {
            path: ['companyChanged', 'company', 'customers'],
            extensions: { code: 'UNAUTHENTICATED' },
          },
        ],
      });
      await stream.close();
    });
  });

  describe('an audience', () => {
    const PAYMENT = 'subscription { paymentChanged { id } }';

    it('has its own subscriptions alone', async () => {
      for (const path of ['/graphql', '/graphql/partner'])
        expect(await refusalOf(PAYMENT, { headers: partner, path })).toEqual([
          400,
          'GRAPHQL_VALIDATION_FAILED',
          expect.stringContaining('Cannot query field "paymentChanged"'),
        ]);
      const customer = 'subscription { customerChanged { id customer { id name } } }';
      const stream = await openTestStream(gateway, customer, { headers: partner });
      await stream.close();
    });

    it('without subscriptions has none', async () => {
      const [status, code] = await refusalOf('subscription { companyChanged { id } }', {
        path: '/graphql/public',
      });
      expect([status, code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    });
  });

  describe.each(TRANSPORTS)('by %s', (transport) => {
    it.each<readonly [string, string, string, () => StreamOptions]>([
      ['a syntax error', 'GRAPHQL_PARSE_FAILED', 'subscription { companyChanged { id ', NO_OPTIONS],
      [
        'two root fields',
        'GRAPHQL_VALIDATION_FAILED',
        'subscription { companyChanged { id } dealChanged { id } }',
        NO_OPTIONS,
      ],
      [
        'a variable that does not fit',
        'BAD_USER_INPUT',
        'subscription ($id: ID!) { companyChanged(id: $id) { id } }',
        NO_OPTIONS,
      ],
      ['no credential', 'UNAUTHENTICATED', 'subscription { customerChanged { id } }', NO_OPTIONS],
      [
        'a credential without the scope',
        'FORBIDDEN',
        'subscription { paymentChanged { id } }',
        () => ({ headers: personal }),
      ],
      [
        'a field that the audience of the credential does not have',
        'GRAPHQL_VALIDATION_FAILED',
        'subscription { paymentChanged { id } }',
        () => ({ headers: partner }),
      ],
      [
        'a field that the audience of the path does not have',
        'GRAPHQL_VALIDATION_FAILED',
        'subscription { companyChanged { id } }',
        () => ({ path: '/graphql/public' }),
      ],
      [
        'an audience that does not exist',
        'NOT_FOUND',
        'subscription { companyChanged { id } }',
        () => ({ path: '/graphql/unknown' }),
      ],
      [
        'an audience that is not that of the credential',
        'NOT_FOUND',
        'subscription { customerChanged { id } }',
        () => ({ path: '/graphql/public', headers: partner }),
      ],
    ])('a subscription with %s gets %s and no stream', async (_what, code, query, options) => {
      const { error } = await openRefused(gateway, query, { ...options(), transport });
      expect(error).toEqual({
        message: expect.any(String),
        ...(error?.locations && { locations: error.locations }),
        extensions: expect.objectContaining({ code }),
      });
    });
  });

  describe('a gateway without streams', () => {
    let without: TestGateway;
    beforeAll(async () => {
      without = await startTestGateway({ mode, hasStreams: false });
    });
    afterAll(() => without.close());

    const send = async (accept: string) => {
      const response = await fetch(`${without.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: 'subscription { companyChanged { id } }' }),
      });
      const { errors } = (await response.json()) as Pick<GatewayResponse, 'errors'>;
      return [response.status, errors?.[0]?.message];
    };

    it.each(['application/json', 'application/graphql-response+json', '*/*', STREAM_OR_JSON])(
      'says so to a subscription that accepts %s',
      async (accept) => {
        expect(await send(accept)).toEqual([400, 'This server serves no subscriptions.']);
      },
    );

    it.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
      'says so to a client that accepts a stream alone: %s',
      async (accept) => {
        expect(await send(accept)).toEqual([
          406,
          'This server serves no subscriptions. The accept header must allow application/json or application/graphql-response+json.',
        ]);
      },
    );

    it('says so to the handshake of a WebSocket', async () => {
      const url = `${without.url.replace('http', 'ws')}/graphql`;
      const socket = new WebSocket(url, 'graphql-transport-ws');
      // A cast: the arguments of the event.
      const [, response] = (await once(socket, 'unexpected-response')) as [
        unknown,
        IncomingMessage,
      ];
      const { errors } = JSON.parse(await text(response)) as Pick<GatewayResponse, 'errors'>;
      expect([response.statusCode, errors?.[0]?.message]).toEqual([
        400,
        'This server serves no subscriptions, so it has no WebSockets.',
      ]);
    });
  });

  it.each(['GET', 'HEAD'])('a %s without a streaming accept header is refused', async (method) => {
    const query = encodeURIComponent('subscription { companyChanged { id } }');
    const response = await fetch(`${gateway.url}/graphql?query=${query}`, {
      method,
      headers: { 'apollo-require-preflight': 'x', accept: 'application/json' },
    });
    const text = await response.text();
    expect(response.status).toBe(406);
    if (method === 'GET') expect(text).toContain('A subscription needs a stream.');
  });
});
