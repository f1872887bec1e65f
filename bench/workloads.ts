import { hash } from 'node:crypto';
import { Pool } from 'undici';
import { createCallTrace } from '../request/request-scope.ts';
import { ask, type BenchRequest } from './load.ts';
import { createProviders } from './hand-written/providers.ts';
import type { Environment } from './processes.ts';
import { startTraced } from './targets.ts';

/** A screen: the gateway's operation and the hand-written endpoint's request. */
export interface Workload {
  readonly name: string;
  /** How many different requests there are. */
  readonly size: number;
  /** Factor of the number of measured requests: small ones need more of them for the same precision. */
  readonly weight: number;
  /** @param index from 0 to `size` - 1. @param text selects one of the equivalent operation texts. */
  graphql(index: number, text: number): BenchRequest;
  /** The same by GET, with the hash in place of the text. */
  persisted(index: number, text: number): BenchRequest;
  /** What makes the hash of a text known. */
  register(text: number): BenchRequest;
  handWritten(index: number): BenchRequest;
}

/** So that a cache of documents has something to do. */
export const TEXTS = 50;

/** Introspects a gateway. */
export async function readWorkloads(environment: Environment): Promise<readonly Workload[]> {
  const gateway = await startTraced(environment);
  const pool = new Pool(gateway.url);
  const workloads = await buildWorkloads(pool, environment);
  await pool.close();
  gateway.close();
  return workloads;
}

export function workloadNamed(name: string, workloads: readonly Workload[]): Workload {
  const workload = workloads.find((one) => one.name === name);
  if (workload === undefined) throw new Error(`There is no workload ${name}.`);
  return workload;
}

async function buildWorkloads(
  gateway: Pool,
  environment: Environment,
): Promise<readonly Workload[]> {
  const pages = await readPages(environment);
  const cursors = await readCursors(gateway, pages.length);
  const { customers, payments, companies } = await readIds(gateway);
  return [
    {
      ...workload('list', '/list', LIST, 'after', cursors),
      handWritten: (index) => get('/list', pages[index]),
    },
    { ...workload('one', '/one', ONE, 'id', customers), weight: 4 },
    workload('payment-and-back', '/payment-and-back', PAYMENT_AND_BACK, 'id', payments),
    workload('company-customers', '/company-customers', COMPANY_CUSTOMERS, 'id', companies),
  ];
}

function workload(
  name: string,
  path: string,
  query: string,
  variable: string,
  values: readonly (string | undefined)[],
): Workload {
  const textOf = (text: number) => query.replace('query ', `query Text${String(text)}`);
  const variablesOf = (index: number) => ({ [variable]: values[index] });
  return {
    name,
    size: values.length,
    weight: 1,
    graphql: (index, text) => post(textOf(text), variablesOf(index)),
    persisted: (index, text) => {
      const search = new URLSearchParams({
        variables: JSON.stringify(variablesOf(index)),
        extensions: JSON.stringify(persistedAs(textOf(text))),
      });
      return { path: `/graphql?${search.toString()}` };
    },
    register: (text) => post(textOf(text), variablesOf(0), persistedAs(textOf(text))),
    handWritten: (index) => get(path, values[index]),
  };
}

const post = (query: string, variables: object, extensions?: object): BenchRequest => ({
  path: '/graphql',
  body: JSON.stringify({ query, variables, extensions }),
});

const persistedAs = (query: string) => ({
  persistedQuery: { version: 1, sha256Hash: hash('sha256', query) },
});

const get = (path: string, of: string | undefined): BenchRequest => ({
  path: of === undefined ? path : `${path}?of=${encodeURIComponent(of)}`,
});

const CARD =
  'name company { name } payments(first: 3) { nodes { status amount { amount currency } } } address { place { location { latitude longitude } } }';
const LIST = `query ($after: String) { customers(first: 20, after: $after) { edges { node { ${CARD} } } } }`;
const ONE = `query ($id: ID!) { customer(id: $id) { ${CARD} } }`;
const PAYMENT_AND_BACK =
  'query ($id: ID!) { payment(id: $id) { amount { amount currency } customer { name company { name } address { place { formattedAddress } } } } }';
const COMPANY_CUSTOMERS =
  'query ($id: ID!) { company(id: $id) { name customers(first: 10) { nodes { name email } } } }';

const PAGE = 20;

/** Where pages of twenty begin, in the CRM adapter's words: no two pages share a customer. */
async function readPages(environment: Environment): Promise<(string | undefined)[]> {
  const { crm, payments, maps } = createProviders(environment);
  const scope = { signal: new AbortController().signal, trace: createCallTrace() };
  const pages: (string | undefined)[] = [undefined];
  for (let after = pages[0]; ; pages.push(after)) {
    const page = after === undefined ? { first: PAGE } : { first: PAGE, after };
    const { entries, hasNextPage } = await crm.customers(
      { page, counted: false },
      new Set(['name']),
      scope,
    );
    after = entries.at(-1)?.position;
    if (!hasNextPage || after === undefined) break;
  }
  await Promise.all([crm.close(), payments.close(), maps.close()]);
  // The last one may not be full.
  return pages.slice(0, -1);
}

/** The same places in the graph's words. */
async function readCursors(gateway: Pool, count: number): Promise<(string | undefined)[]> {
  const cursors: (string | undefined)[] = [undefined];
  while (cursors.length < count) {
    const query = `query ($after: String) { customers(first: ${String(PAGE)}, after: $after) { pageInfo { endCursor } } }`;
    const { customers } = await read<{ customers: { pageInfo: { endCursor: string } } }>(
      gateway,
      query,
      { after: cursors.at(-1) },
    );
    cursors.push(customers.pageInfo.endCursor);
  }
  return cursors;
}

interface Ids {
  readonly customers: { readonly nodes: readonly CustomerIds[] };
  readonly companies: { readonly nodes: readonly { readonly id: string }[] };
}

interface CustomerIds {
  readonly id: string;
  readonly email: string | null;
  readonly company: object | null;
  readonly address: object | null;
  readonly payments: { readonly nodes: readonly { readonly id: string }[] };
}

async function readIds(gateway: Pool) {
  const query = `{ customers(first: 100) { nodes { id email company { id } address { formatted } payments(first: 3) { nodes { id } } } } companies(first: 40) { nodes { id } } }`;
  const { customers, companies } = await read<Ids>(gateway, query, {});
  const whole = customers.nodes.filter(
    ({ email, company, address, payments }) =>
      email && company && address && payments.nodes.length > 0,
  );
  return {
    customers: whole.map(({ id }) => id),
    payments: whole.flatMap(({ payments }) => payments.nodes[0]?.id ?? []),
    companies: companies.nodes.map(({ id }) => id),
  };
}

async function read<T>(gateway: Pool, query: string, variables: object): Promise<T> {
  const { text } = await ask(gateway, post(query, variables));
  // The benchmark's own operations, whose answers have these forms.
  const { data, errors } = JSON.parse(text) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(text.slice(0, 500));
  return data;
}
