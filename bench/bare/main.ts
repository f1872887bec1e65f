// What the gateway costs beyond the least that Node.js needs: `node:http`, undici's `request` and `JSON.parse`. Nothing here checks,
// limits, retries, batches across requests or times out: `node dist/bench/bare.js`.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

const {
  HUBSPOT_ACCESS_TOKEN = '',
  HUBSPOT_BASE_URL = '',
  STRIPE_SECRET_KEY = '',
  STRIPE_BASE_URL = '',
  GOOGLE_MAPS_API_KEY = '',
  GOOGLE_GEOCODING_BASE_URL = '',
} = process.env;
const HUBSPOT = { authorization: `Bearer ${HUBSPOT_ACCESS_TOKEN}` };
const STRIPE = { authorization: `Bearer ${STRIPE_SECRET_KEY}` };

const CONTACTS = '/crm/v3/objects/contacts';
const COMPANIES = '/crm/v3/objects/companies';
const CONTACT_PROPERTIES =
  'firstname,lastname,address,city,state,zip,country,associatedcompanyid,email'.split(',');

interface HubSpotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}
interface StripeList<T> {
  readonly data: readonly T[];
}
interface StripePaymentIntent {
  readonly id: string;
  readonly status: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly last_payment_error: object | null;
}
interface GoogleResults {
  readonly results: readonly {
    readonly geometry: { readonly location: { readonly lat: number; readonly lng: number } };
  }[];
}

async function get<T>(url: string, headers: Record<string, string> = {}): Promise<T> {
  const { body } = await request(url, { headers });
  return (await body.json()) as T;
}

async function readRecords(
  path: string,
  ids: readonly string[],
  properties: readonly string[],
): Promise<readonly HubSpotRecord[]> {
  if (ids.length === 0) return [];
  const { body } = await request(`${HUBSPOT_BASE_URL}${path}/batch/read`, {
    method: 'POST',
    headers: { ...HUBSPOT, 'content-type': 'application/json' },
    body: JSON.stringify({ properties, inputs: ids.map((id) => ({ id })) }),
  });
  return ((await body.json()) as { results: readonly HubSpotRecord[] }).results;
}

async function list(after: string | undefined) {
  const query = new URLSearchParams({ limit: '20', properties: CONTACT_PROPERTIES.join(',') });
  // The workload names whole pages, as the CRM adapter writes them: `<HubSpot's token>:0`.
  if (after !== undefined) query.set('after', after.replace(/:0$/, ''));
  const { results } = await get<{ results: readonly HubSpotRecord[] }>(
    `${HUBSPOT_BASE_URL}${CONTACTS}?${query.toString()}`,
    HUBSPOT,
  );
  const nodes = await cards(results);
  return { customers: { edges: nodes.map((node) => ({ node })) } };
}

async function one(id: string | undefined) {
  const [customer] = await cards(await readRecords(CONTACTS, [id ?? ''], CONTACT_PROPERTIES));
  return { customer };
}

async function cards(contacts: readonly HubSpotRecord[]) {
  const valuesOf = (value: (contact: HubSpotRecord) => string | null | undefined) => [
    ...new Set(contacts.flatMap((contact) => value(contact) ?? [])),
  ];
  const [companies, payments, places] = await Promise.all([
    readRecords(COMPANIES, valuesOf(companyId), ['name']),
    paymentsByEmail(valuesOf(email)),
    byKey(valuesOf(addressOf), placeOf),
  ]);
  const names = new Map(companies.map(({ id, properties }) => [id, properties['name'] ?? null]));
  return contacts.map((contact) => {
    const { firstname, lastname } = contact.properties;
    const company = companyId(contact);
    const address = addressOf(contact);
    return {
      name: [firstname, lastname].filter(Boolean).join(' ') || null,
      company: company == null ? null : { name: names.get(company) ?? null },
      payments: { nodes: payments.get(email(contact) ?? '') ?? [] },
      address: address === null ? null : { place: places.get(address) ?? null },
    };
  });
}

const byKey = async <T>(keys: readonly string[], read: (key: string) => Promise<T>) =>
  new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const)));

const companyId = ({ properties }: HubSpotRecord) => properties['associatedcompanyid'];
const email = ({ properties }: HubSpotRecord) => properties['email'];

function addressOf({ properties }: HubSpotRecord): string | null {
  const { address, city, state, zip, country } = properties;
  return (
    [address, city, [state, zip].filter(Boolean).join(' '), country].filter(Boolean).join(', ') ||
    null
  );
}

interface StripeCustomer {
  readonly id: string;
  readonly email: string;
}

/** As the gateway: ten addresses in one search, and the list for an address that search does not find. */
async function paymentsByEmail(addresses: readonly string[]) {
  const groups = Array.from({ length: Math.ceil(addresses.length / 10) }, (_, index) =>
    addresses.slice(index * 10, (index + 1) * 10),
  );
  const found = await Promise.all(groups.map(searchCustomers));
  const customers = found.flat();
  return byKey(addresses, async (address) => {
    const hits = customers.filter((customer) => customer.email === address);
    return paymentsOf(hits.length > 0 ? hits : await listCustomers(address));
  });
}

async function searchCustomers(addresses: readonly string[]) {
  const query = addresses.map((address) => `email:"${address}"`).join(' OR ');
  const { data } = await get<StripeList<StripeCustomer>>(
    `${STRIPE_BASE_URL}/v1/customers/search?limit=100&query=${encodeURIComponent(query)}`,
    STRIPE,
  );
  return data;
}

async function listCustomers(address: string) {
  const { data } = await get<StripeList<StripeCustomer>>(
    `${STRIPE_BASE_URL}/v1/customers?limit=100&email=${encodeURIComponent(address)}`,
    STRIPE,
  );
  return data;
}

async function paymentsOf(customers: readonly StripeCustomer[]) {
  const lists = await Promise.all(
    customers.map(({ id }) =>
      get<StripeList<StripePaymentIntent>>(
        `${STRIPE_BASE_URL}/v1/payment_intents?limit=3&customer=${id}`,
        STRIPE,
      ),
    ),
  );
  const intents = lists.flatMap(({ data }) => data);
  if (lists.length > 1) intents.sort((a, b) => b.created - a.created || (a.id > b.id ? -1 : 1));
  return intents.slice(0, 3).map(toPayment);
}

const STATUSES: Readonly<Record<string, string>> = {
  requires_payment_method: 'PENDING',
  requires_confirmation: 'PENDING',
  requires_action: 'ACTION_REQUIRED',
  processing: 'PROCESSING',
  requires_capture: 'AUTHORIZED',
  succeeded: 'SUCCEEDED',
  canceled: 'CANCELED',
};

/** Decimals of the sandbox's currencies. */
const PLACES: Readonly<Record<string, number>> = { jpy: 0, krw: 0, clp: 0, kwd: 3, bhd: 3, tnd: 3 };

function toPayment(intent: StripePaymentIntent) {
  const isFailed = intent.status === 'requires_payment_method' && intent.last_payment_error;
  const places = PLACES[intent.currency] ?? 2;
  const amount = (intent.amount / 10 ** places).toFixed(places);
  return {
    status: isFailed ? 'FAILED' : STATUSES[intent.status],
    amount: { amount, currency: intent.currency.toUpperCase() },
  };
}

async function placeOf(address: string) {
  const { results } = await get<GoogleResults>(
    `${GOOGLE_GEOCODING_BASE_URL}/maps/api/geocode/json?key=${GOOGLE_MAPS_API_KEY}&address=${encodeURIComponent(address)}`,
  );
  const [best] = results;
  if (best === undefined) return null;
  const { lat: latitude, lng: longitude } = best.geometry.location;
  return { location: { latitude, longitude } };
}

const READS: Readonly<Record<string, (of: string | undefined) => Promise<object>>> = {
  '/list': list,
  '/one': one,
};

const server = createServer((incoming, response) => {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
  void READS[pathname]?.(searchParams.get('of') ?? undefined).then((data) => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ data }));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  });
});
for (const end of ['disconnect', 'SIGTERM']) process.once(end, () => process.exit(0));
