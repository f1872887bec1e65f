import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANONYMOUS_CALLER, type Caller } from '../../../../request/caller.ts';
import type { RunningService } from '../../../../gateway/server/run.ts';
import { composeSupergraph } from '../../../federation/compose-supergraph.ts';
import { sendOperation, codesAndPaths } from '../../start-gateway.ts';
import { type StandInService, startStandInService } from './stand-in-service.ts';
import { serveServices } from './serve-services.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const SHOP = `${LINK} type Query { products: [Product] stock: Int } type Product @key(fields: "id") { id: ID! }`;
const REVIEWS = `${LINK} type Product @key(fields: "id") { id: ID! stars: Int text: String }`;

const COUNT = 3;
const PRODUCTS = {
  data: {
    products: Array.from({ length: COUNT }, (_, id) => ({ __typename: 'Product', id: String(id) })),
  },
};

let shop: StandInService;
let reviews: StandInService;
let gateway: RunningService;
let caller: Caller;
const log: string[] = [];

beforeEach(async () => {
  log.length = 0;
  caller = ANONYMOUS_CALLER;
  shop = await startStandInService(() => PRODUCTS);
  reviews = await startStandInService(({ variables }) => ({
    data: {
      _entities: (variables['representations'] as unknown[]).map(() => ({
        stars: 5,
        text: 'good',
      })),
    },
  }));
  const supergraph = composeSupergraph([
    { name: 'shop', url: shop.url, sdl: SHOP },
    { name: 'reviews', url: reviews.url, sdl: REVIEWS },
  ]);
  gateway = await serveServices({
    supergraph,
    environment: { LOG_LEVEL: 'warn' },
    identify: () => caller,
    writeLog: (line) => log.push(line),
  });
});
afterEach(async () => {
  await gateway.close();
  await shop.close();
  await reviews.close();
});

const query = () => sendOperation(gateway.url, { query: '{ products { stars text } }' });

/** What the log says of failures, without times and ids. */
const logged = () =>
  log
    .map(
      (line) => JSON.parse(line) as { level: number; msg: string; error?: Record<string, unknown> },
    )
    // Once for a service, whatever it answers: tests/monitoring/service-states.test.ts.
    .filter(({ msg }) => msg !== 'a service is failing')
    .map(({ level, msg, error }) => ({ level, msg, error }));

/** Each field of each product has the code. */
const everywhere = (code: string) =>
  PRODUCTS.data.products.flatMap((_product, index) => [
    `${code} products.${String(index)}.stars`,
    `${code} products.${String(index)}.text`,
  ]);

const UNSEEN = {
  message:
    "A subgraph service reported an error that is hidden from clients. Report it to the operator with the request's id: the header x-request-id of the response.",
  extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
};

describe('an error that a service of another supergraph reports', () => {
  it.each([
    ['without extensions', undefined, undefined],
    ['with extensions that are null', null, undefined],
    ['with extensions that are text', 'NOT_FOUND', undefined],
    ['with a code of its own', { code: 'PRODUCT_SOLD_OUT' }, 'PRODUCT_SOLD_OUT'],
    ['with a code that is a number', { code: 404 }, undefined],
    ['with a code that is a list', { code: ['NOT_FOUND'] }, undefined],
    ['with a code in small letters', { code: 'not_found' }, 'not_found'],
    ['with a code that every object has', { code: 'constructor' }, 'constructor'],
    [
      'with the code of an unexpected error',
      { code: 'INTERNAL_SERVER_ERROR' },
      'INTERNAL_SERVER_ERROR',
    ],
    [
      'with a code about the text that this server sent',
      { code: 'GRAPHQL_VALIDATION_FAILED' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['with a code about the request that this server sent', { code: 'BAD_REQUEST' }, 'BAD_REQUEST'],
    [
      'with a code that lets clients send a text again',
      { code: 'PERSISTED_QUERY_NOT_FOUND' },
      'PERSISTED_QUERY_NOT_FOUND',
    ],
  ])('%s is logged once, and not shown to the client', async (_name, extensions, code) => {
    reviews.answer = () => ({
      data: { _entities: [{ stars: null, text: 'good' }, { stars: 5, text: null }, null] },
      errors: [
        { message: 'No stars for it.', path: ['_entities', 0, 'stars'], extensions },
        { message: 'No stars for it.', path: ['_entities', 1, 'text'], extensions },
        { message: 'No stars for it.', path: ['_entities', 2], extensions },
      ],
    });
    const { data, errors } = await query();
    expect(data.products[0]).toEqual({ stars: null, text: 'good' });
    expect(codesAndPaths(errors)).toEqual([
      'INTERNAL_SERVER_ERROR products.0.stars',
      'INTERNAL_SERVER_ERROR products.1.text',
      'INTERNAL_SERVER_ERROR products.2.stars',
      'INTERNAL_SERVER_ERROR products.2.text',
    ]);
    expect(errors?.[0]).toMatchObject(UNSEEN);
    expect(logged()).toEqual([
      {
        level: 40,
        msg: 'a service reported an error',
        error: {
          service: 'reviews',
          ...(code !== undefined && { code }),
          message: 'No stars for it.',
          path: '_entities.0.stars',
        },
      },
    ]);
  });

  it.each([
    ['FORBIDDEN', false],
    ['UNAUTHENTICATED', false],
    ['BAD_USER_INPUT', false],
    ['NOT_FOUND', false],
    ['OPERATION_TOO_COMPLEX', false],
    ['RATE_LIMITED', true],
    ['UPSTREAM_UNAVAILABLE', true],
  ])(
    "with the code %s reaches the client with its message, and this server's retry advice",
    async (code, retryable) => {
      const extensions = {
        code,
        retryable: !retryable,
        stacktrace: ['at x'],
        url: 'http://reviews.internal/',
      };
      reviews.answer = () => ({ data: null, errors: [{ message: 'So it is.', extensions }] });
      const { errors } = await query();
      expect(codesAndPaths(errors)).toEqual(everywhere(code));
      expect(errors?.[0]).toMatchObject({ message: 'So it is.' });
      expect(errors?.[0]?.extensions).toEqual({ code, retryable });
      expect(logged()).toEqual([]);
    },
  );

  it("with UNAUTHENTICATED becomes a failure of this server if it has accepted the caller's credential", async () => {
    caller = { ...ANONYMOUS_CALLER, id: 'key:x', isAuthenticated: true };
    reviews.answer = () => ({
      data: null,
      errors: [{ message: 'Who are you?', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(codesAndPaths((await query()).errors)).toEqual(everywhere('UPSTREAM_AUTH'));
    expect(logged()).toEqual([
      {
        level: 40,
        msg: 'a service failed',
        error: { service: 'reviews', name: 'CodedError', code: 'UPSTREAM_AUTH' },
      },
    ]);
  });

  it.each([
    ['no message', [{}], ''],
    ['a message that is an object', [{ message: { text: 'x' } }], ''],
    ['a path that is text', [{ message: 'x', path: 'products.0' }], 'x'],
    ['a path that is null', [{ message: 'x', path: null }], 'x'],
    ['a path with fractions', [{ message: 'x', path: ['_entities', 0.5] }], 'x'],
    [
      'a path without end',
      [{ message: 'x', path: Array.from({ length: 100_000 }, () => 'a') }],
      'x',
    ],
    ['a path that leads nowhere', [{ message: 'x', path: ['_entities', 99, '__proto__'] }], 'x'],
    ['nothing but text', ['x'], ''],
    ['nothing', [null], ''],
  ])(
    'with %s fails the requested fields, and the other data is used',
    async (_name, errors, message) => {
      reviews.answer = () => ({
        data: { _entities: PRODUCTS.data.products.map(() => ({ stars: 5, text: null })) },
        errors,
      });
      const answer = await query();
      expect(answer.data.products[0]).toEqual({ stars: 5, text: null });
      expect(codesAndPaths(answer.errors)).toEqual(everywhere('INTERNAL_SERVER_ERROR'));
      expect(logged()).toEqual([
        {
          level: 40,
          msg: 'a service reported an error',
          error: expect.objectContaining({ service: 'reviews', message }),
        },
      ]);
    },
  );

  it('without a path fails each requested root field', async () => {
    shop.answer = () => ({ data: { products: null, stock: 1 }, errors: [{ message: 'x' }] });
    const { data, errors } = await sendOperation(gateway.url, {
      query: '{ products { id } stock }',
    });
    expect(data).toEqual({ products: null, stock: 1 });
    expect(codesAndPaths(errors)).toEqual([
      'INTERNAL_SERVER_ERROR products',
      'INTERNAL_SERVER_ERROR stock',
    ]);
  });

  it('is logged without URLs, e-mail addresses, and more than 200 characters', async () => {
    const message = `cannot read postgres://shop:secret@db.internal/shop for ada@example.com ${'x'.repeat(1_000_000)}`;
    reviews.answer = () => ({
      data: null,
      errors: [{ message, extensions: { code: 'c'.repeat(100_000) } }],
    });
    const { errors } = await query();
    expect(JSON.stringify(errors)).not.toMatch(/postgres|ada|xxx/);
    const [line] = logged();
    expect(line?.error?.['message']).toMatch(/^cannot read \[url\] for \[email\] x+…$/);
    expect(String(line?.error?.['message'])).toHaveLength(200);
    expect(String(line?.error?.['code'])).toHaveLength(50);
  });

  it('reaches the client with the start and the end of a long message', async () => {
    reviews.answer = () => ({
      data: null,
      errors: [{ message: 'x'.repeat(1_000_000), extensions: { code: 'NOT_FOUND' } }],
    });
    expect((await query()).errors?.[0]?.message).toBe(`${'x'.repeat(50)} [...] ${'x'.repeat(50)}`);
  });

  it('is one of at most twenty logged errors per request, and a line reports that there are more', async () => {
    reviews.answer = () => ({
      data: null,
      errors: Array.from({ length: 5000 }, (_, n) => ({ message: `Error ${String(n)}` })),
    });
    expect(codesAndPaths((await query()).errors)).toEqual(everywhere('INTERNAL_SERVER_ERROR'));
    expect(logged().map(({ msg }) => msg)).toEqual([
      ...Array.from({ length: 20 }, () => 'a service reported an error'),
      'services reported more errors than are logged for one request',
    ]);
  });

  it('is one of at most ten thousand, and an error reports that there are more', async () => {
    const count = 12_000;
    shop.answer = () => ({
      data: { products: Array.from({ length: count }, () => null) },
      errors: Array.from({ length: count }, (_, n) => ({ message: 'x', path: ['products', n] })),
    });
    const { errors } = await sendOperation(gateway.url, { query: '{ products { id } }' });
    expect(errors).toHaveLength(10_001);
    expect(errors?.at(-1)).toEqual({
      message: 'More than 10000 fields failed; the others are not listed.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
    });
    expect(logged()).toHaveLength(2);
  });
});

describe('a service of another supergraph that fails is logged with its name', () => {
  const status =
    (code: number, body = 'no GraphQL') =>
    (_request: unknown, response: ServerResponse) => {
      response.writeHead(code).end(body);
    };

  it.each([
    ['with the status 401', status(401), 'UPSTREAM_AUTH', 401],
    ['with the status 403', status(403), 'UPSTREAM_AUTH', 403],
    ['with the status 404', status(404), 'UPSTREAM_CONTRACT', 404],
    ['with the status 429', status(429), 'UPSTREAM_RATE_LIMITED', 429],
    ['with the status 500', status(500), 'UPSTREAM_UNAVAILABLE', 500],
    ['with a page', status(200, '<html>http://reviews.internal/</html>'), 'UPSTREAM_CONTRACT', 200],
    ['with a redirect', status(302), 'UPSTREAM_CONTRACT', 302],
  ])('%s', async (_name, answer, code, status) => {
    reviews.answer = answer;
    expect(codesAndPaths((await query()).errors)).toEqual(everywhere(code));
    const cause = { name: 'UnexpectedStatus', status };
    expect(logged()).toEqual([
      {
        level: 40,
        msg: 'a service failed',
        error: { service: 'reviews', name: 'CodedError', code, cause },
      },
    ]);
    expect(log.join()).not.toMatch(/html|no GraphQL|127\.0\.0\.1|internal/);
  });

  it('without a response', async () => {
    reviews.answer = (_request, response) => void response.destroy();
    expect(codesAndPaths((await query()).errors)).toEqual(everywhere('UPSTREAM_UNAVAILABLE'));
    expect(logged()).toEqual([
      {
        level: 40,
        msg: 'a service failed',
        error: expect.objectContaining({ service: 'reviews', code: 'UPSTREAM_UNAVAILABLE' }),
      },
    ]);
  });
});
