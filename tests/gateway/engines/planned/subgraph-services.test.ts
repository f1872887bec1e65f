import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../../gateway/server/run.ts';
import { composeSupergraph } from '../../../federation/compose-supergraph.ts';
import { sendOperation, codesAndPaths } from '../../start-gateway.ts';
import { TRACED } from '../../traced.ts';
import { type StandInService, startStandInService } from './stand-in-service.ts';
import { serveServices } from './serve-services.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@inaccessible"])';
/** Has the type that identifies the built-in subgraph; the other one is foreign. */
const PAYMENTS = `${LINK} type BillingAccount { id: ID } type Query { payments: [Payment!] } type Payment @key(fields: "id") { id: ID! payer: Payer link: String @inaccessible } type Payer @key(fields: "id") { id: ID! }`;
const CRM = `${LINK} type Payer @key(fields: "id") { id: ID! name: String! email: String } type Payment @key(fields: "id") { id: ID! link: String @external note: String @requires(fields: "link") }`;

const PAYERS = ['a', 'b', 'a', null, 'a'];
const LIST = {
  data: {
    payments: PAYERS.map((id, index) => ({
      id: `p${String(index)}`,
      payer: id && { __typename: 'Payer', id },
    })),
  },
};
const QUERY = '{ payments { id payer { name email } } }';

let payments: StandInService;
let crm: StandInService;
let gateway: RunningService;

beforeEach(async () => {
  payments = await startStandInService(() => LIST);
  crm = await startStandInService(({ variables }) => ({
    data: {
      _entities: (variables['representations'] as { id: string }[]).map(({ id }) => ({
        name: `Payer ${id}`,
        email: `${id}@example.com`,
      })),
    },
  }));
  const supergraph = composeSupergraph([
    { name: 'payments', url: payments.url, sdl: PAYMENTS },
    { name: 'crm', url: crm.url, sdl: CRM },
  ]);
  gateway = await serveServices({ supergraph, environment: { REQUEST_TIMEOUT_MS: '60000' } });
});
afterEach(async () => {
  await gateway.close();
  await payments.close();
  await crm.close();
});

const query = (headers?: Record<string, string>) =>
  sendOperation(gateway.url, { query: QUERY }, headers);

const payer = (id: string) => ({ name: `Payer ${id}`, email: `${id}@example.com` });

/** One error for each field of each payer: none of them exists. */
const ALL_PAYERS = (code: string) =>
  [0, 1, 2, 4].flatMap((index) => [
    `${code} payments.${String(index)}.payer.email`,
    `${code} payments.${String(index)}.payer.name`,
  ]);

describe('a supergraph over HTTP, by the URLs that it names', () => {
  it('fetches each entity from each service once', async () => {
    const { data } = await query();
    expect(data.payments.map(({ payer }: { payer: unknown }) => payer)).toEqual([
      payer('a'),
      payer('b'),
      payer('a'),
      null,
      payer('a'),
    ]);
    expect(crm.requests.map(({ variables }) => variables)).toEqual([
      {
        representations: [
          { __typename: 'Payer', id: 'a' },
          { __typename: 'Payer', id: 'b' },
        ],
      },
    ]);
  });

  it('gives each service slightly less than the remaining time', async () => {
    await query();
    for (const { headers } of [...payments.requests, ...crm.requests]) {
      const sent = Number(headers['x-tributary-deadline-ms']);
      expect(sent).toBeGreaterThan(0);
      expect(sent).toBeLessThanOrEqual(59_950);
    }
  });

  it("sends the request's id, priority and trace to each service", async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sent = { 'x-request-id': 'screen-1', priority: 'u=7', traceparent };
    await query({ ...sent, 'x-other': 'x' });
    expect(crm.requests).not.toEqual([]);
    for (const { headers } of [...payments.requests, ...crm.requests]) {
      expect(headers).toMatchObject(sent);
      expect(headers).not.toHaveProperty('x-other');
    }
  });

  it('adds the calls of a built-in service to the trace at their times, and none that a foreign service reports', async () => {
    const call = {
      service: 'crm',
      vendor: 'hubspot',
      method: 'GET',
      path: '/x',
      status: 200,
      startMs: 2,
      ms: 3,
      batchSize: null,
    };
    payments.answer = () => ({
      ...LIST,
      extensions: { upstream: [{ ...call, service: 'payments', secret: 'x' }] },
    });
    crm.answer = () => ({
      data: { _entities: [payer('a'), payer('b')] },
      extensions: { upstream: [call] },
    });
    const { headers, extensions } = await query(TRACED);
    expect(headers.get('x-tributary-upstream-calls')).toBe('1');
    const [only] = extensions?.upstream ?? [];
    expect(only).toEqual({ ...call, service: 'payments', startMs: expect.any(Number) });
    expect(only?.startMs).toBeGreaterThan(2);
    expect(payments.requests[0]?.headers['x-tributary-trace']).toBe('1');
  });

  it('adds the mapping problems that a built-in service reports, and none that a foreign service reports', async () => {
    const problem = {
      vendor: 'api.example.com:8443',
      connector: 'Query.orders',
      mapping: 'selection',
      kind: 'no_match',
      line: 1,
      column: 5,
      path: 'orders.status',
      count: 2,
    };
    payments.answer = () => ({
      ...LIST,
      extensions: { mappingProblems: [{ ...problem, service: 'crm', secret: 'x' }] },
    });
    crm.answer = () => ({
      data: { _entities: [payer('a'), payer('b')] },
      extensions: { mappingProblems: [problem] },
    });
    const { extensions } = await query(TRACED);
    expect(extensions).toMatchObject({ mappingProblems: [{ ...problem, service: 'payments' }] });
    expect(JSON.stringify(extensions)).not.toContain('secret');
  });

  it('adds calls to a source that is named after its host', async () => {
    const call = { method: 'GET', path: '/x', status: 200, startMs: 2, ms: 3, batchSize: null };
    const upstream = [{ ...call, service: 'payments', vendor: 'api.example.com:8443' }];
    payments.answer = () => ({ ...LIST, extensions: { upstream } });
    const { headers } = await query(TRACED);
    expect(headers.get('x-tributary-upstream-calls')).toBe('1');
  });

  it('reports the errors of a service at the fields of every equal reference', async () => {
    const extensions = {
      code: 'UPSTREAM_TIMEOUT',
      retryable: false,
      service: 'crm',
      retryAfter: 2,
      url: crm.url,
      stacktrace: ['at x'],
    };
    crm.answer = () => ({
      data: { _entities: [{ name: 'Payer a', email: null }, payer('b')] },
      errors: [{ message: 'The CRM did not answer.', path: ['_entities', 0, 'email'], extensions }],
    });
    const { errors } = await query();
    expect(codesAndPaths(errors)).toEqual(
      [0, 2, 4].map((index) => `UPSTREAM_TIMEOUT payments.${String(index)}.payer.email`),
    );
    expect(errors?.[0]).toMatchObject({ message: 'The CRM did not answer.' });
    expect(errors?.[0]?.extensions).toEqual({
      code: 'UPSTREAM_TIMEOUT',
      retryable: true,
      service: 'crm',
      retryAfter: 2,
    });
  });

  it('reports a failed reference at each of its selected fields', async () => {
    crm.answer = () => ({
      data: { _entities: [payer('a'), null] },
      errors: [
        {
          message: 'No.',
          path: ['_entities', 1],
          extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'crm' },
        },
      ],
    });
    expect(codesAndPaths((await query()).errors)).toEqual([
      'UPSTREAM_UNAVAILABLE payments.1.payer.email',
      'UPSTREAM_UNAVAILABLE payments.1.payer.name',
    ]);
  });

  it('moves the error of a field that only another service needs to the fields that need it', async () => {
    payments.answer = () => ({
      data: { payments: [{ __typename: 'Payment', id: 'p0', link: null }] },
      errors: [
        {
          message: 'No.',
          path: ['payments', 0, 'link'],
          extensions: { code: 'UPSTREAM_TIMEOUT', service: 'payments' },
        },
      ],
    });
    crm.answer = () => ({ data: { _entities: [{ note: null }] } });
    const { errors } = await sendOperation(gateway.url, {
      query: '{ payments { id note ...More } } fragment More on Payment { also: note }',
    });
    expect(codesAndPaths(errors)).toEqual([
      'UPSTREAM_TIMEOUT payments.0.also',
      'UPSTREAM_TIMEOUT payments.0.note',
    ]);
  });

  it('does not show unexpected errors of a service', async () => {
    crm.answer = () => ({
      data: null,
      errors: [{ message: `Cannot connect to ${crm.url}`, extensions: { code: 'ECONNREFUSED' } }],
    });
    const { errors } = await query();
    expect(codesAndPaths(errors)).toEqual(ALL_PAYERS('INTERNAL_SERVER_ERROR'));
    expect(JSON.stringify(errors)).not.toContain('127.0.0.1');
  });

  it('reports a null in a non-null position as an error', async () => {
    crm.answer = () => ({ data: { _entities: [{ name: null, email: null }, payer('b')] } });
    const { data, errors, extensions } = await query();
    expect(data.payments[0].payer).toBeNull();
    expect(codesAndPaths(errors)).toEqual(
      [0, 2, 4].map((index) => `INTERNAL_SERVER_ERROR payments.${String(index)}.payer.name`),
    );
    expect(extensions).toBeUndefined();
  });
});

describe('a service that fails', () => {
  const FAILURES: Record<string, { code: string; answer: StandInService['answer'] }> = {
    'answers garbage': {
      code: 'UPSTREAM_CONTRACT',
      answer: (_request, response) => void response.end('<html>'),
    },
    'answers JSON that is no GraphQL': {
      code: 'UPSTREAM_CONTRACT',
      answer: () => ({ hello: 'world' }),
    },
    'answers too few entities': {
      code: 'UPSTREAM_CONTRACT',
      answer: () => ({ data: { _entities: [] } }),
    },
    'answers 503': {
      code: 'UPSTREAM_UNAVAILABLE',
      answer: (_request, response) => void response.writeHead(503).end('down'),
    },
    'lets nobody in': {
      code: 'UPSTREAM_AUTH',
      answer: (_request, response) => {
        response.statusCode = 401;
        return { errors: [{ message: 'No.', extensions: { code: 'UNAUTHENTICATED' } }] };
      },
    },
    'breaks the connection': {
      code: 'UPSTREAM_UNAVAILABLE',
      answer: (_request, response) => void response.destroy(),
    },
    hangs: { code: 'UPSTREAM_TIMEOUT', answer: () => undefined },
  };

  it.each(Object.entries(FAILURES))(
    'makes only its own fields null if it %s',
    async (_name, { code, answer }) => {
      // Planning the operation takes its time too, the first time.
      await query();
      crm.answer = answer;
      // Longer than the services that respond need, and shorter than the gateway's own limit and that of this test.
      const { status, data, errors } = await query({ 'x-tributary-deadline-ms': '3000' });
      expect(status).toBe(200);
      expect(data.payments.map(({ id }: { id: string }) => id)).toEqual([
        'p0',
        'p1',
        'p2',
        'p3',
        'p4',
      ]);
      expect(codesAndPaths(errors)).toEqual(ALL_PAYERS(code));
      expect(errors?.[0]?.extensions?.['service']).toBe('crm');
      expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|html|down/);
    },
  );

  it('makes everything below its fields null if its fetch is the first', async () => {
    await payments.close();
    const { data, errors } = await query();
    expect(data).toEqual({ payments: null });
    expect(codesAndPaths(errors)).toEqual(['UPSTREAM_UNAVAILABLE payments']);
    payments = await startStandInService(() => LIST);
  });
});
