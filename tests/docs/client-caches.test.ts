import { readFileSync } from 'node:fs';
import {
  ApolloClient,
  type FieldPolicy,
  gql,
  HttpLink,
  InMemoryCache,
  type TypedDocumentNode,
  type TypePolicies,
} from '@apollo/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@urql/core';
import { buildSchema, getNamedType, type GraphQLObjectType, isObjectType } from 'graphql';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { codeBlock, importBlock } from './code-blocks.ts';

const PAGE = 'docs/clients.md';

/** Both clients remove their own directive before they send a query. */
const customers = (directive = ''): TypedDocumentNode<ListData> => gql`
  query Customers($first: Int!, $after: String) {
    customers(first: $first, after: $after) ${directive} {
      edges {
        node {
          id
          address {
            city
            formatted
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

const payments = (directive = ''): TypedDocumentNode<ListData> => gql`
  query Payments($id: ID!, $first: Int!, $after: String) {
    customer(id: $id) {
      id
      payments(first: $first, after: $after) ${directive} {
        edges {
          node {
            id
            amount {
              amount
              currency
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

const OTHER_ADDRESS_FIELDS = gql`
  query OtherAddressFields($id: ID!) {
    customer(id: $id) {
      id
      address {
        line1
        postalCode
      }
    }
  }
`;

const otherList = (directive = '') => gql`
  query OtherList {
    customers(first: 20) ${directive} {
      edges {
        node {
          id
          address {
            country
          }
        }
      }
    }
  }
`;

const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
const ROOTS = new Set(['Query', 'Mutation', 'Subscription']);
/** Payloads of subscriptions, whose ids are those of the records that have changed. */
const changes = objects
  .filter((type) => type.getFields()['kind']?.type.toString() === 'ChangeKind!')
  .map(({ name }) => name)
  .sort();
/** What a cache of queries can hold and that has no id. Payloads of mutations are never read again. */
const withoutId = objects
  .filter(({ name }) => !ROOTS.has(name))
  .filter((type) => !('id' in type.getFields()))
  .map(({ name }) => name)
  .filter((name) => !name.endsWith('Payload') && name !== 'UserError')
  .sort();
const valueObjects = withoutId.filter((name) => !/(?:Connection|Edge|PageInfo)$/.test(name));

let gateway: TestGateway;
/** A customer with eight payments. */
let payer: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  const { data } = await gateway.query(
    '{ customerByEmail(email: "anneliese.brandt@nordhafen.example") { id } }',
  );
  payer = data.customerByEmail.id;
});
afterAll(() => gateway.close());

it('docs/clients.md names all value objects of the graph', () => {
  const named = /\*\*Value objects\*\*: (.*?)\.\s/s.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '';
  expect(named.match(/\w+/g)).toEqual(valueObjects);
});

describe('the cache of docs/clients.md for Apollo Client', () => {
  let typePolicies: TypePolicies;

  beforeAll(async () => {
    ({ typePolicies } = await importBlock<{ typePolicies: TypePolicies }>(PAGE, 'apollo-cache.ts'));
  });

  const connect = () =>
    new ApolloClient({
      link: new HttpLink({ uri: `${gateway.url}/graphql` }),
      cache: new InMemoryCache({ typePolicies }),
    });

  it('merges the fields of every value object', () => {
    const merged = Object.entries(typePolicies).filter(([, { merge }]) => merge === true);
    expect(merged.map(([name]) => name).sort()).toEqual(valueObjects);
  });

  it('stores the payloads of subscriptions by no id, which would be that of the record', () => {
    const unkeyed = Object.entries(typePolicies).filter(([, { keyFields }]) => keyFields === false);
    expect(changes).toContain('PaymentChange');
    expect(unkeyed.map(([name]) => name).sort()).toEqual(changes);
  });

  it('joins the pages of every list, and keeps lists with other arguments apart', () => {
    const lists = objects.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
        .map((field) => [
          `${type.name}.${field.name}`,
          field.args.map(({ name }) => name).filter((name) => name !== 'first' && name !== 'after'),
        ]),
    );
    const configured = Object.entries(typePolicies).flatMap(([type, { fields = {} }]) =>
      Object.entries(fields).map(([field, policy]) => [
        `${type}.${field}`,
        // A cast: the page's policies are all made by relayStylePagination.
        [(policy as FieldPolicy).keyArgs].flat(2).filter((argument) => !isConnectionKey(argument)),
      ]),
    );
    expect(sortedArguments(configured)).toEqual(sortedArguments(lists));
  });

  it('keeps the 55 rows of a list when other queries select other address fields', async () => {
    const client = connect();
    const query = customers();
    const rows = await readPages(client, query, { first: 20 }, [20, 15]);
    expect(rows()).toHaveLength(55);

    const { id } = rows()?.[54]?.node ?? {};
    await client.query({ query: OTHER_ADDRESS_FIELDS, variables: { id } });
    await client.query({ query: otherList('@connection(key: "picker")') });
    expect(rows()).toHaveLength(55);
    client.stop();
  });

  it('joins the pages of a list inside a record', async () => {
    const client = connect();
    const rows = await readPages(client, payments(), { id: payer, first: 3 }, [3, 3]);
    expect(rows()).toHaveLength(8);
    expect(new Set(rows()?.map(({ node }) => node.id)).size).toBe(8);
    client.stop();
  });

  it('has null, not an empty list, while the vendor of a list is down', async () => {
    const client = connect();
    gateway.sandbox.stripe.fault = '500';
    const query = payments();
    const variables = { id: payer, first: 3 };
    await client.query({ query, variables, errorPolicy: 'all' });
    gateway.sandbox.stripe.fault = null;
    expect(client.readQuery({ query, variables })).toMatchObject({ customer: { payments: null } });
    client.stop();
  });
});

describe('the client of docs/clients.md for urql', () => {
  let createClient: (url: string) => Client;
  let keys: Readonly<Record<string, () => null>>;

  beforeAll(async () => {
    ({ createClient, keys } = await importBlock<{
      createClient: (url: string) => Client;
      keys: typeof keys;
    }>(PAGE, 'urql-client.ts'));
  });

  const connect = () => createClient(`${gateway.url}/graphql`);

  it('stores every object that is no record inside what contains it', () => {
    expect(Object.keys(keys).sort()).toEqual([...withoutId, ...changes].sort());
  });

  it('keeps the 55 rows of a list when other queries select other address fields', async () => {
    const client = connect();
    const query = customers('@_relayPagination');
    await readPagesWithUrql(client, query, [{ first: 20 }, { first: 20 }, { first: 15 }]);
    const cached = async () => {
      const { data } = await client.query(query, { first: 20 }, { requestPolicy: 'cache-only' });
      return data ? pageOf(data).edges : [];
    };
    expect(await cached()).toHaveLength(55);

    const id = (await cached())[54]?.node.id;
    const one = await client.query(OTHER_ADDRESS_FIELDS, { id });
    const other = await client.query(otherList(), {});
    expect(one.data.customer.address).toHaveProperty('postalCode');
    expect(other.data.customers.edges).toHaveLength(20);
    expect(await cached()).toHaveLength(55);
  });

  it('joins the pages of a list inside a record', async () => {
    const page = { id: payer, first: 3 };
    const query = payments('@_relayPagination');
    expect(await readPagesWithUrql(connect(), query, [page, page, page])).toHaveLength(8);
  });
});

it.each(['apollo-cache.ts', 'resume-link.ts'])(
  'examples/web uses the %s of docs/clients.md',
  (file) => {
    const [, ...lines] = codeBlock(PAGE, 'ts', file).split('\n');
    expect(readFileSync(`examples/web/src/${file}`, 'utf8')).toBe(lines.join('\n'));
  },
);

interface Page {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly endCursor: string | null };
}

type ListData = { readonly customers: Page } | { readonly customer: { readonly payments: Page } };

const pageOf = (data: ListData) => ('customers' in data ? data.customers : data.customer.payments);

/** Reads the first page and more pages of these sizes, as a screen does. @returns what the cache has then */
async function readPages(
  client: ApolloClient,
  query: TypedDocumentNode<ListData>,
  variables: Readonly<Record<string, unknown>>,
  more: readonly number[],
) {
  const list = client.watchQuery({ query, variables });
  const subscription = list.subscribe({});
  let { data } = await client.query({ query, variables });
  for (const first of more) {
    const after = data && pageOf(data).pageInfo.endCursor;
    ({ data } = await list.fetchMore({ variables: { ...variables, first, after } }));
  }
  subscription.unsubscribe();
  return () => {
    const cached = client.readQuery({ query, variables });
    return cached ? pageOf(cached).edges : null;
  };
}

/** Reads one page after the other. @returns the rows of the last response */
async function readPagesWithUrql(
  client: Client,
  query: TypedDocumentNode<ListData>,
  pages: readonly Readonly<Record<string, unknown>>[],
) {
  let page: Page = { edges: [], pageInfo: { endCursor: null } };
  for (const variables of pages) {
    const { endCursor } = page.pageInfo;
    const { data } = await client.query(query, {
      ...variables,
      ...(endCursor !== null && { after: endCursor }),
    });
    if (data) page = pageOf(data);
  }
  return page.edges;
}

const isConnectionKey = (argument: unknown) =>
  argument === false || argument === '@connection' || argument === 'key';

const sortedArguments = (lists: readonly (readonly unknown[])[]) =>
  lists.map(([field, names]) => `${String(field)} ${[names].flat(2).sort().join()}`).sort();
