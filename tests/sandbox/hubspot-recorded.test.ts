import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { shapeDifferences } from './json-shape.ts';
import { describeRecorded, readRecorded } from './recorded.ts';

interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly requestBody: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly body: unknown;
}

let sandbox: Sandbox<'hubspot'>;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot'] });
});
afterAll(() => sandbox.close());

async function answersTo(requests: readonly (readonly [path: string, body?: object])[]) {
  const headers = { authorization: 'Bearer pat-na1-sandbox', 'content-type': 'application/json' };
  return Promise.all(
    requests.map(async ([path, body]) => {
      const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
      const response = await fetch(`${sandbox.hubspot.baseUrl}/crm/v3/objects${path}`, init);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: isJson ? (JSON.parse(text) as unknown) : text,
      };
    }),
  );
}

async function write(method: string, path: string, properties: object) {
  const headers = { authorization: 'Bearer pat-na1-sandbox', 'content-type': 'application/json' };
  const response = await fetch(`${sandbox.hubspot.baseUrl}/crm/v3/objects${path}`, {
    method,
    headers,
    body: JSON.stringify({ properties }),
  });
  return { status: response.status, body: await response.json() };
}

const [contact, company] = [recordId('contacts', 0), recordId('companies', 0)];
const byEmail = (value: string) => ({
  filterGroups: [{ filters: [{ propertyName: 'email', operator: 'CONTAINS_TOKEN', value }] }],
});

/** What was recorded, by method, path and status, and requests of the same kind to the sandbox. */
const KINDS: readonly (readonly [
  string,
  RegExp,
  number,
  readonly (readonly [string, object?])[],
])[] = [
  ['GET', /companies\/\d+$/, 200, [[`/companies/${company}`]]],
  ['GET', /contacts\/\d+$/, 200, [[`/contacts/${contact}`]]],
  [
    'GET',
    /contacts\/.*idProperty=email$/,
    200,
    [['/contacts/zoe.lefevre@atelier-lumiere.example?idProperty=email']],
  ],
  ['GET', /contacts\?limit=1$/, 200, [['/contacts?limit=1']]],
  [
    'GET',
    /contacts\?limit=1&properties=email,firstname$/,
    200,
    [['/contacts?limit=1&properties=email,firstname']],
  ],
  [
    'POST',
    /contacts\/search$/,
    200,
    [
      ['/contacts/search', { ...byEmail('example.org'), limit: 5 }],
      ['/contacts/search', { query: 'Zoé Atelier', limit: 5 }],
    ],
  ],
  ['GET', /objects\/companies\/\d+$/, 404, [['/companies/1']]],
  [
    'GET',
    /objects\/contacts\/.*idProperty=email$/,
    404,
    [['/contacts/nobody@example.org?idProperty=email']],
  ],
];

describeRecorded('the response shapes of the HubSpot sandbox vendor match the recordings', () => {
  it.each(KINDS)('%s %p, %i', async (method, path, status, requests) => {
    const exchanges = readRecorded('hubspot.json') as Exchange[];
    const recorded = exchanges.filter(
      (exchange) =>
        exchange.method === method && path.test(exchange.url) && exchange.status === status,
    );
    expect(recorded.length).toBeGreaterThan(0);
    const answered = await answersTo(requests);
    expect(answered.map((answer) => answer.status)).toEqual(answered.map(() => status));
    const bodies = (answers: readonly { readonly body: unknown }[]) =>
      answers.map(({ body }) => body);
    const missingNames = 'a recorded contact happened to have all of its names';
    const exceptions = {
      meant: {
        'results[].properties.firstname': missingNames,
        'results[].properties.lastname': missingNames,
      },
    };
    expect(shapeDifferences(bodies(answered), bodies(recorded), exceptions)).toEqual([]);
    for (const answer of answered)
      expect(telling(answer.headers)).toEqual(telling(recorded[0]?.responseHeaders ?? {}));
  });

  it.each([
    ['companies', { name: 'ACME Test Company', domain: 'acme.example' }],
    ['contacts', { email: 'recorded@example.org', firstname: 'Test', lastname: 'User' }],
  ])('POST and PATCH of %s, with the properties that HubSpot adds', async (type, properties) => {
    const recordedBy = (method: string, status: number) =>
      (readRecorded('hubspot.json') as Exchange[])
        .filter(
          (exchange) =>
            exchange.method === method &&
            exchange.url.includes(`/objects/${type}`) &&
            exchange.status === status,
        )
        .map(({ body }) => body)
        .filter((body) => typeof body === 'object' && body !== null && 'id' in body);
    const created = await write('POST', `/${type}`, properties);
    const { id } = created.body as { readonly id: string };
    const changed = await write('PATCH', `/${type}/${id}`, {
      [type === 'contacts' ? 'lastname' : 'name']: 'Meyup',
    });
    expect([created.status, changed.status]).toEqual([201, 200]);
    expect(shapeDifferences([created.body], recordedBy('POST', 201))).toEqual([]);
    expect(shapeDifferences([changed.body], recordedBy('PATCH', 200))).toEqual([]);
  });

  it('refusals have the shape of the recorded ones, which have additional fields for scopes', async () => {
    const refused = (readRecorded('hubspot.json') as Exchange[]).filter(
      ({ status }) => status === 403,
    );
    const response = await fetch(`${sandbox.hubspot.baseUrl}/crm/v3/objects/contacts`);
    const [body, recorded] = [(await response.json()) as object, refused[0]?.body as object];
    expect(Object.keys(recorded)).toEqual(expect.arrayContaining(Object.keys(body)));
    expect(response.headers.get('content-type')).toBe(refused[0]?.responseHeaders['content-type']);
  });
});

/** The headers that say something to a client: their names, and those values that don't change. */
function telling(headers: Readonly<Record<string, string>>) {
  const names = Object.keys(headers).filter((name) => name.startsWith('x-hubspot-'));
  const fixed = [
    'content-type',
    'x-hubspot-ratelimit-max',
    'x-hubspot-ratelimit-interval-milliseconds',
    'x-hubspot-ratelimit-secondly',
  ];
  return { names: names.toSorted(), values: fixed.map((name) => headers[name]) };
}
