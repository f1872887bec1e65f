import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import nock from 'nock';
import { type Graph, startPayments } from './ask.ts';

const STRIPE_URL = 'http://stripe.test';

export interface Mock {
  readonly graph: Graph;
  /** Answers one call: exactly this path with exactly this query. */
  get(
    path: string,
    query: Record<string, unknown>,
    body: unknown,
    status?: number,
    headers?: Record<string, string>,
  ): void;
  /** Answers one search for customers with one of these addresses, which they have unless they have another one. */
  search(
    emails: readonly string[],
    customers: readonly { readonly id: string; readonly email?: string | null }[],
    query?: Record<string, unknown>,
    nextPage?: string,
  ): void;
  /** Answers one call. @returns what comes with it, when it has come. */
  post(path: string, body: unknown, status?: number): SentForm[];
  delete(path: string, body: unknown, status?: number): void;
}

interface SentForm {
  readonly key: string | null;
  readonly form: Readonly<Record<string, string>>;
}

const HEADERS = { authorization: 'Bearer sk_test_1', 'stripe-version': '2026-10-28.endive' };

/** Starts the subgraph before a file's tests, once in each; nothing reaches a network, and after each test no expected call is left over. */
export function mockStripe(environment: Record<string, string> = {}): Mock {
  let graph: Graph | undefined;
  beforeAll(() => {
    nock.disableNetConnect();
    graph = startPayments({
      STRIPE_SECRET_KEY: 'sk_test_1',
      STRIPE_BASE_URL: STRIPE_URL,
      STRIPE_RATE_LIMIT: 'none',
      ...environment,
    });
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    expect(left).toEqual([]);
  });
  afterAll(async () => {
    await graph?.close();
    nock.restore();
  });
  const get: Mock['get'] = (path, query, body, status = 200, headers = {}) => {
    nock(STRIPE_URL, { reqheaders: HEADERS })
      .get(path)
      .query((sent) => JSON.stringify(sorted(sent)) === JSON.stringify(sorted(query)))
      .reply(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  };
  return {
    get graph() {
      if (graph === undefined) throw new Error('The subgraph starts before the tests.');
      return graph;
    },
    get,
    search: (emails, customers, query = {}, nextPage) => {
      const clauses = emails.map((email) => `email:"${email}"`).join(' OR ');
      get(
        '/v1/customers/search',
        { query: clauses, limit: 100, ...query },
        {
          object: 'search_result',
          url: '/v1/customers/search',
          has_more: nextPage !== undefined,
          next_page: nextPage ?? null,
          data: customers.map((one) => ({ ...one, email: one.email ?? emails[0] })),
        },
      );
    },
    post: (path, body, status = 200) => {
      const sent: SentForm[] = [];
      nock(STRIPE_URL, { reqheaders: HEADERS })
        .post(path)
        .reply(async (request: Request) => {
          const form = Object.fromEntries(new URLSearchParams(await request.text()));
          sent.push({ key: request.headers.get('idempotency-key'), form });
          return [status, JSON.stringify(body), { 'content-type': 'application/json' }] as const;
        });
      return sent;
    },
    delete: (path, body, status = 200) => {
      nock(STRIPE_URL, { reqheaders: HEADERS })
        .delete(path)
        .reply(status, JSON.stringify(body), { 'content-type': 'application/json' });
    },
  };
}

/** Numbers travel as text, and a query has no order. */
const sorted = (query: Record<string, unknown>) =>
  Object.entries(query)
    .map(
      ([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)] as const,
    )
    .sort(([one], [other]) => (one < other ? -1 : 1));
