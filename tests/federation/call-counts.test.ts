import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { LIST_QUERY } from './list-query.ts';
import { startGraph } from './start-graph.ts';

const HUBSPOT = 'http://hubspot.test';
const STRIPE = 'http://stripe.test';
const GOOGLE = 'http://google.test';

/** Four contacts: two of one company, two at one address, one without an e-mail, and one whom Stripe knows twice. */
const CONTACTS = [
  {
    id: '1',
    email: 'ada@example.com',
    associatedcompanyid: '10',
    address: 'Rue de Rivoli 1',
    city: 'Paris',
  },
  {
    id: '2',
    email: 'bea@example.com',
    associatedcompanyid: '10',
    address: 'Rue de Rivoli 1',
    city: 'Paris',
  },
  { id: '3', email: null, associatedcompanyid: '11', address: 'Prado 8', city: 'Madrid' },
  { id: '4', email: 'cid@example.com', associatedcompanyid: null, address: null, city: null },
];
const ACCOUNTS: Readonly<Record<string, readonly string[]>> = {
  'ada@example.com': ['cus_a'],
  'bea@example.com': [],
  'cid@example.com': ['cus_c1', 'cus_c2'],
};

let graph: Awaited<ReturnType<typeof startGraph>>;
let asked: string[] = [];

beforeAll(async () => {
  nock.disableNetConnect();
  graph = await startGraph({
    HUBSPOT_ACCESS_TOKEN: 'token',
    HUBSPOT_BASE_URL: HUBSPOT,
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_BASE_URL: STRIPE,
    GOOGLE_MAPS_API_KEY: 'key',
    GOOGLE_GEOCODING_BASE_URL: GOOGLE,
  });
  answerEverything();
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await graph.close();
  nock.cleanAll();
  nock.restore();
});

describe('the list query', () => {
  it('makes one contact list call, one company batch, one search for all e-mails, a lookup per unmatched e-mail, a list per account and a geocode per address', async () => {
    const { errors } = await graph.compiled.run(LIST_QUERY);
    expect(errors).toBeUndefined();
    expect([...asked].sort()).toEqual([
      'GET /crm/objects/2026-09/contacts',
      'GET /maps/api/geocode/json Prado 8, Madrid',
      'GET /maps/api/geocode/json Rue de Rivoli 1, Paris',
      'GET /v1/customers bea@example.com',
      'GET /v1/customers/search ada@example.com, bea@example.com, cid@example.com',
      'GET /v1/payment_intents cus_a',
      'GET /v1/payment_intents cus_c1',
      'GET /v1/payment_intents cus_c2',
      'POST /crm/objects/2026-09/companies/batch/read 10,11',
    ]);
  });

  it('makes no more calls when fields are selected twice with aliases', async () => {
    const node = 'company { name } payments(first: 3) { nodes { id } } address { place { id } }';
    const again =
      'firm: company { name } paid: payments(first: 3) { nodes { id } } home: address { where: place { id } }';
    await graph.compiled.run(`{ customers { nodes { ${node} ${again} } } }`);
    expect(asked).toHaveLength(9);
  });

  it('requests only the selected fields from the vendors', async () => {
    await graph.compiled.run('{ customers { nodes { firstName } } }');
    expect(asked).toEqual(['GET /crm/objects/2026-09/contacts']);
  });
});

function answerEverything() {
  const contacts = { results: CONTACTS.map(({ id, ...properties }) => record(id, properties)) };
  nock(HUBSPOT)
    .persist()
    .get('/crm/objects/2026-09/contacts')
    .query(true)
    .reply(
      200,
      noted(() => contacts),
    );
  nock(HUBSPOT)
    .persist()
    .post('/crm/objects/2026-09/companies/batch/read')
    .reply(
      200,
      noted((_url, { inputs }) => ({
        status: 'COMPLETE',
        results: inputs.map(({ id }) => record(id, { name: `Company ${id}` })),
      })),
    );
  nock(STRIPE)
    .persist()
    .get('/v1/customers')
    .query(true)
    .reply(
      200,
      noted((url) => list(accountsOf(url.searchParams.get('email') ?? ''))),
    );
  nock(STRIPE)
    .persist()
    .get('/v1/customers/search')
    .query(true)
    .reply(
      200,
      noted((url) => list(searchedEmails(url).flatMap(accountsOf))),
    );
  nock(STRIPE)
    .persist()
    .get('/v1/payment_intents')
    .query(true)
    .reply(
      200,
      noted(() => list([])),
    );
  nock(GOOGLE)
    .persist()
    .get('/maps/api/geocode/json')
    .query(true)
    .reply(
      200,
      noted(() => ({ status: 'ZERO_RESULTS', results: [] })),
    );
}

interface Body {
  readonly inputs: readonly { readonly id: string }[];
}

/** Answers and records the request: its path, and what distinguishes calls of the same path. */
function noted(answer: (url: URL, body: Body) => object) {
  // One parameter only: nock takes a function of two for one with a callback.
  return async (request: Request) => {
    const url = new URL(request.url);
    const body = {
      inputs: [],
      ...(request.method === 'POST' ? ((await request.json()) as Partial<Body>) : {}),
    };
    const subject =
      (searchedEmails(url).join(', ') || url.searchParams.get('email')) ??
      url.searchParams.get('customer') ??
      url.searchParams.get('address') ??
      namesOf(body);
    asked.push([request.method, url.pathname, subject].filter(Boolean).join(' '));
    return JSON.stringify(answer(url, body));
  };
}

const namesOf = ({ inputs }: Body) =>
  inputs
    .map(({ id }) => id)
    .sort()
    .join(',');

const record = (id: string, properties: object) => ({
  id,
  properties,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  archived: false,
});

const list = (data: readonly object[]) => ({ object: 'list', url: '/v1', has_more: false, data });

const searchedEmails = (url: URL) =>
  [...(url.searchParams.get('query') ?? '').matchAll(/email:"([^"]+)"/g)].map(
    ([, email]) => email ?? '',
  );

const accountsOf = (email: string) => (ACCOUNTS[email] ?? []).map((id) => account(id, email));

const account = (id: string, email: string) => ({
  id,
  email,
  object: 'customer',
  created: 1_760_000_000,
  livemode: false,
});
