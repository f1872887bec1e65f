import type { Run } from './run-operation.ts';
import type { Literals } from './random-operation.ts';

const ID_QUERY = `{
  customers(first: 12) { nodes { id email payments(first: 2) { nodes { id } } invoices(first: 2) { nodes { id } } billingAccounts { id }
    recurringPlans(first: 1) { nodes { id } } address { formatted } } }
  companies(first: 4) { nodes { id } } deals(first: 4) { nodes { id } }
}`;

/** Arguments that mean something to the sandbox: ids of its records, and some of nothing. */
export async function graphLiterals(run: Run): Promise<Literals> {
  const { data } = await run(ID_QUERY);
  const found = (key: string, within: unknown): string[] =>
    collect(key, within).map((value) => JSON.stringify(value));
  const root = data as Record<string, unknown>;
  const nodes = (root['customers'] as { nodes: Record<string, unknown>[] }).nodes;
  const part = (name: string) => nodes.map((node) => node[name]);
  const addresses = found('formatted', part('address')).slice(0, 3);
  const points = [
    '{ latitude: 52.52, longitude: 13.405 }',
    '{ latitude: 48.8584, longitude: 2.2945 }',
  ];
  const places = [
    ...addresses.map((address) => `{ address: ${address} }`),
    ...points.map((point) => `{ location: ${point} }`),
  ];
  const byCoordinate: Readonly<Record<string, readonly string[]>> = {
    'Query.customer(id:)': [...nodes.map(({ id }) => JSON.stringify(id)), '"1"'],
    'Query.customerByEmail(email:)': [...found('email', nodes), '"nobody@example.com"'],
    'Query.company(id:)': [...found('id', root['companies']), '"1"'],
    'Query.deal(id:)': [...found('id', root['deals']), '"1"'],
    'Query.payment(id:)': [...found('id', part('payments')), '"pi_0"'],
    'Query.invoice(id:)': [...found('id', part('invoices')), '"in_0"'],
    'Query.billingAccount(id:)': [...found('id', part('billingAccounts')), '"cus_0"'],
    'Query.recurringPlan(id:)': [...found('id', part('recurringPlans')), '"sub_0"'],
    'Query.geocode(address:)': [...addresses, '"Nowhere at all"'],
    'Query.reverseGeocode(location:)': points,
    'Query.places(text:)': ['"coffee in Paris"', '"museum"'],
    'Query.travelTimes(origins:)': [`[${places.join(', ')}]`],
    'Query.travelTimes(destinations:)': [`[${places.slice(0, 2).join(', ')}]`],
  };
  const byName: Readonly<Record<string, readonly string[]>> = {
    first: ['1', '2', '3'],
    to: places,
    from: places,
    mode: ['DRIVE', 'WALK'],
    near: points,
    width: ['300'],
    height: ['200'],
    zoom: ['12'],
  };
  return (coordinate, { name }) => byCoordinate[coordinate] ?? byName[name];
}

/** All values under a key, however deep. */
function collect(key: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([name, value]) =>
    name === key && value !== null ? [value] : collect(key, value),
  );
}
