import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYMENTS } from '../../subgraphs/payments/service.ts';
import { GraphQLError } from 'graphql';
import { BadUserInput, CodedError } from '../../errors/coded-error.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { type ServedSchema, serveSchema } from './serve-schema.ts';
import { sendOperation } from './start-gateway.ts';

const SECRET = 'sk_live_do_not_tell';

const THROWN: Record<string, () => unknown> = {
  input: () => new BadUserInput('first must be an integer from 1 to 100, but got 0.'),
  vendor: () =>
    new UpstreamError('UPSTREAM_RATE_LIMITED', PAYMENTS, {
      retryAfter: 7,
      cause: new Error(
        `GET https://api.stripe.test/v1/customers?key=${SECRET} said {"secret": "body"}`,
      ),
    }),
  ours: () => new TypeError(`Cannot read https://api.stripe.test/v1/x with ${SECRET}`),
  long: () => new Error(`Cannot read ${'long'.repeat(50_000)}`),
  coded: () => new CodedError('INTERNAL_SERVER_ERROR', 'That went wrong.'),
  theirs: () =>
    new GraphQLError('from a library', {
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', url: 'http://crm:4001' },
    }),
  extended: () =>
    new GraphQLError('forbidden', {
      extensions: { code: 'FORBIDDEN', stacktrace: ['x'], response: { url: 'http://crm:4001' } },
    }),
  text: () => 'no error at all',
};

let server: ServedSchema;
beforeAll(async () => {
  const fail = (_root: unknown, { as }: { as: string }) => {
    throw THROWN[as]?.();
  };
  server = await serveSchema({
    typeDefs: 'type Query { fail(as: String): String, missing: String! }',
    resolvers: { Query: { fail, missing: () => null } },
    secrets: [SECRET],
  });
});
afterAll(() => server.close());

const fail = async (as: string) =>
  (await sendOperation(server.url, { query: '{ fail(as: "AS") }'.replace('AS', as) })).errors?.[0];

const INTERNAL = {
  message:
    "Something went wrong on this server. Report it to the operator with the request's id: the header x-request-id of the response.",
  extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
};

describe('an error in an answer', () => {
  it('has the code, text and path that a resolver gave it', async () => {
    expect(await fail('input')).toEqual({
      message: 'first must be an integer from 1 to 100, but got 0.',
      locations: [{ line: 1, column: 3 }],
      path: ['fail'],
      extensions: { code: 'BAD_USER_INPUT', retryable: false },
    });
  });

  it('names the service that failed and the time to retry after', async () => {
    expect(await fail('vendor')).toMatchObject({
      message: 'The rate limit of the payment processor is exhausted. Try again later.',
      extensions: {
        code: 'UPSTREAM_RATE_LIMITED',
        retryable: true,
        service: 'payments',
        retryAfter: 7,
      },
    });
  });

  it.each(['ours', 'theirs', 'text'])('hides the cause of an unexpected error: %s', async (as) => {
    expect(await fail(as)).toMatchObject(INTERNAL);
  });

  it('hides the cause of a null in a non-null field', async () => {
    expect((await sendOperation(server.url, { query: '{ missing }' })).errors).toEqual([
      expect.objectContaining({ ...INTERNAL, path: ['missing'] }),
    ]);
  });

  it('has no extension that is not in the contract', async () => {
    expect((await fail('extended'))?.extensions).toEqual({ code: 'FORBIDDEN', retryable: false });
  });
});

describe('the log', () => {
  it('says what happened, without credentials, addresses and answers of vendors', async () => {
    for (const as of Object.keys(THROWN)) await fail(as);
    // The first line says where this server listens.
    const log = server.log.slice(1).join('');
    expect(log).toContain('"msg":"a vendor failed"');
    expect(log).toContain(
      '"name":"UpstreamError","code":"UPSTREAM_RATE_LIMITED","service":"payments"',
    );
    expect(log).toContain('Cannot read [url] with [secret]');
    expect(log).not.toContain(SECRET);
    expect(log).not.toMatch(/https?:|stripe\.test|"body"/);
  });

  it('repeats nothing at length', async () => {
    const before = server.log.length;
    await fail('long');
    const line =
      server.log.slice(before).find((one) => one.includes('"msg":"a field failed"')) ?? '';
    expect(line).toContain(`Cannot read ${'long'.repeat(12)}lo [...] ng`);
    expect(line).toContain('error-formatting.test.ts');
    expect(line.length).toBeLessThan(3000);
  });

  it('has one line for each request, without its query, variables and headers', async () => {
    const before = server.log.length;
    await fetch(
      `${server.url}/graphql?query=${encodeURIComponent('{ fail(as: "private") }')}&variables=${encodeURIComponent('{"a":"private"}')}`,
      {
        headers: { 'apollo-require-preflight': 'private', cookie: 'private' },
      },
    );
    const lines = server.log.slice(before).map((line) => JSON.parse(line) as object);
    expect(lines.at(-1)).toEqual({
      level: 30,
      time: expect.any(Number),
      requestId: expect.any(String),
      method: 'GET',
      route: '/graphql',
      status: 200,
      ms: expect.any(Number),
      caller: 'anonymous',
      type: 'query',
      outcome: 'partial',
      codes: ['INTERNAL_SERVER_ERROR'],
      calls: {},
      msg: 'answered',
    });
    expect(server.log.join('')).not.toContain('private');
  });
});
