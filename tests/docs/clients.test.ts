import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ApolloClient,
  type ApolloLink,
  gql,
  InMemoryCache,
  type TypedDocumentNode,
} from '@apollo/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  isScalarType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
} from 'graphql';
import { generateTypes, inFrontend, typeCheck } from '../frontend.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { codeBlock, importBlock } from './code-blocks.ts';

const PAGE = 'docs/clients.md';

const api = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
const scalars = Object.values(api.getTypeMap())
  .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
  .map(({ name }) => name)
  .sort();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

describe('the codegen.ts of docs/clients.md', () => {
  it('gives scalars types that let right uses through and stop wrong ones', async () => {
    const files = {
      'codegen.ts': codeBlock(PAGE, 'ts', 'codegen.ts'),
      'src/place.graphql': OPERATION,
    };
    await inFrontend(files, async (frontend) => {
      const generated = await generateTypes(frontend, 'codegen.ts', {
        GRAPHQL_URL: `${gateway.url}/graphql`,
      });
      expect(generated).toMatchObject({ exitCode: 0 });

      await writeFile(
        join(frontend, 'src/right.ts'),
        use('amount.amount.length + location.latitude'),
      );
      await writeFile(join(frontend, 'src/amount.ts'), use('amount.amount * 2'));
      await writeFile(join(frontend, 'src/latitude.ts'), use('location.latitude.length'));
      const { stdout } = await typeCheck(frontend, [
        'src/right.ts',
        'src/amount.ts',
        'src/latitude.ts',
      ]);
      expect(stdout.trim().split('\n')).toEqual([
        expect.stringMatching(/src\/amount\.ts\(\d+,\d+\): .*must be of type 'any', 'number'/),
        expect.stringMatching(/src\/latitude\.ts\(\d+,\d+\): .*'length' does not exist/),
      ]);
    });
  }, 90_000);
});

it('the TypeScript of docs/clients.md has no type errors', async () => {
  const names = Array.from(
    readFileSync(PAGE, 'utf8').matchAll(/^```ts\n\/\/ (\S+)$/gm),
    ([, name = '']) => name,
  );
  expect(names).toContain('live-websocket.ts');
  const files = Object.fromEntries(names.map((name) => [name, codeBlock(PAGE, 'ts', name)]));
  await inFrontend(files, async (frontend) => {
    expect(await typeCheck(frontend, names)).toMatchObject({ exitCode: 0, stdout: '' });
  });
}, 90_000);

it("docs/clients.md's link for persisted queries gets answers by GET, and sends the text of a query once", async () => {
  const { createLink } = await importBlock<{ createLink: (uri: string) => ApolloLink }>(
    PAGE,
    'apollo-link.ts',
  );
  const sent: string[] = [];
  const query: TypedDocumentNode<{ customers: { edges: unknown[] } }> = gql`
    query Names {
      customers(first: 2) {
        edges {
          node {
            id
            name
          }
        }
      }
    }
  `;
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (to, init) => {
    const request = new Request(to, init);
    const hasText = `${request.url} ${await request.clone().text()}`.includes('customers');
    sent.push(`${request.method} ${hasText ? 'text' : 'hash'}`);
    return realFetch(request);
  };
  try {
    for (let time = 0; time < 2; time++) {
      const client = new ApolloClient({
        link: createLink(`${gateway.url}/graphql`),
        cache: new InMemoryCache(),
      });
      const { data } = await client.query({ query });
      expect(data?.customers.edges).toHaveLength(2);
    }
  } finally {
    globalThis.fetch = realFetch;
  }
  expect(sent).toEqual(['GET hash', 'POST text', 'GET hash']);
});

it('no browser or CDN may store a response to a GET, and a GET without the CSRF header is refused', async () => {
  const url = `${gateway.url}/graphql?query={owners{pageInfo{hasNextPage}}}`;
  const accepted = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
  const refused = await fetch(url);
  expect([accepted.status, accepted.headers.get('cache-control'), refused.status]).toEqual([
    200,
    'private, no-store',
    400,
  ]);
});

describe("docs/clients.md's withRetries", () => {
  type WithRetries = <Result>(
    send: () => Promise<Result>,
    options: { wait: (seconds: number) => Promise<void> },
  ) => Promise<Result>;
  let withRetries: WithRetries;
  beforeAll(async () => {
    ({ withRetries } = await importBlock<{ withRetries: WithRetries }>(PAGE, 'retry.ts'));
  });

  it('retries a mutation with its idempotency key until the vendor is back', async () => {
    const waits: number[] = [];
    gateway.sandbox.hubspot.fault = '500';
    const input = { firstName: 'Ada', email: 'ada@clients.example', idempotencyKey: 'form-1' };
    const { data, errors } = await withRetries(() => gateway.query(CREATE_CUSTOMER, { input }), {
      wait: (seconds) => {
        waits.push(seconds);
        gateway.sandbox.hubspot.fault = null;
        return Promise.resolve();
      },
    });
    expect(errors).toBeUndefined();
    expect(data.createCustomer).toMatchObject({ customer: { name: 'Ada' }, userErrors: [] });
    expect(waits).toEqual([expect.any(Number)]);
  });

  it('waits as long as the response says', async () => {
    const waits: number[] = [];
    const results = [{ errors: [{ extensions: { retryable: true, retryAfter: 7 } }] }, {}];
    await withRetries(() => Promise.resolve(results.shift()), {
      wait: (seconds) => Promise.resolve(void waits.push(seconds)),
    });
    expect(waits).toEqual([7]);
  });

  it('does not retry what will fail again', async () => {
    let sent = 0;
    const { errors } = await withRetries(
      () => {
        sent++;
        return gateway.query('{ customers(first: 0) { totalCount } }');
      },
      { wait: () => Promise.resolve() },
    );
    expect([sent, errors?.[0]?.extensions?.['code']]).toEqual([1, 'BAD_USER_INPUT']);
  });
});

describe('code generation for phones', () => {
  it('gets the whole schema by introspection', async () => {
    const { data } = await gateway.query(getIntrospectionQuery({ specifiedByUrl: true }));
    expect(print(buildClientSchema(data))).toBe(print(api));
  });

  it('the Swift configuration has only options of the manual', () => {
    const configuration: unknown = JSON.parse(codeBlock(PAGE, 'json'));
    const unknown = pathsOf(configuration).filter((path) => !APOLLO_IOS_OPTIONS.includes(path));
    expect(unknown).toEqual([]);
  });

  it('docs/clients.md changes the Swift type of exactly the scalars that are numbers', () => {
    const changed = codeBlock(PAGE, 'swift').match(/CustomScalars\/\w+|in \w+\.swift/g);
    expect(changed).toEqual(['CustomScalars/Latitude', 'in Longitude.swift']);
  });

  it('the Kotlin configuration maps every scalar of the graph', () => {
    const kotlin = codeBlock(PAGE, 'kotlin');
    const mapped = Array.from(kotlin.matchAll(/mapScalar\w*\("(\w+)"/g), ([, name]) => name);
    expect(mapped.sort()).toEqual(scalars);
  });

  it('the table of docs/clients.md has every scalar of the graph', () => {
    const rows = readFileSync(PAGE, 'utf8').matchAll(
      /^\| ((?:`[A-Z]\w+` ?)+) +\| (?:string|number)/gm,
    );
    const named = Array.from(rows, ([, cell = '']) => cell.match(/\w+/g) ?? []).flat();
    expect(named.sort()).toEqual(scalars);
  });
});

const OPERATION = /* GraphQL */ `
  query Screen($email: String!, $closesFrom: Date) {
    customerByEmail(email: $email) {
      address {
        place {
          location {
            latitude
          }
        }
      }
      payments(first: 3) {
        edges {
          node {
            createdAt
            amount {
              amount
            }
          }
        }
      }
    }
    deals(filter: { closesFrom: $closesFrom }) {
      totalCount
    }
  }
`;

const CREATE_CUSTOMER = /* GraphQL */ `
  mutation CreateCustomer($input: CreateCustomerInput!) {
    createCustomer(input: $input) {
      customer {
        name
      }
      userErrors {
        code
      }
    }
  }
`;

const use = (expression: string) => `
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { ScreenDocument } from './graphql/graphql.js';

export const variables: VariablesOf<typeof ScreenDocument> = {
  email: 'ada@example.com',
  closesFrom: '2026-03-01',
};
export function show({ customerByEmail }: ResultOf<typeof ScreenDocument>) {
  const amount = customerByEmail?.payments?.edges[0]?.node?.amount;
  const location = customerByEmail?.address?.place?.location;
  return amount && location && ${expression};
}
`;

/** Of https://www.apollographql.com/docs/ios/code-generation/codegen-configuration, those that the page may use. */
const APOLLO_IOS_OPTIONS = [
  'schemaNamespace',
  'schemaDownload.downloadMethod.introspection.endpointURL',
  'schemaDownload.downloadMethod.introspection.httpMethod.POST',
  'schemaDownload.downloadMethod.introspection.includeDeprecatedInputValues',
  'schemaDownload.downloadMethod.introspection.outputFormat',
  'schemaDownload.downloadTimeout',
  'schemaDownload.headers',
  'schemaDownload.outputPath',
  'input.schemaSearchPaths',
  'input.operationSearchPaths',
  'output.schemaTypes.path',
  'output.schemaTypes.moduleType.embeddedInTarget.name',
  'output.schemaTypes.moduleType.embeddedInTarget.accessModifier',
  'output.operations.inSchemaModule',
  'output.testMocks.none',
  'options.operationDocumentFormat',
  'operationManifest.path',
  'operationManifest.version',
  'operationManifest.generateManifestOnCodeGeneration',
];

/** The paths of the leaves: an empty object and a list are leaves. */
function pathsOf(value: unknown, path = ''): string[] {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  const parts = isBranch ? Object.entries(value) : [];
  if (parts.length === 0) return [path];
  return parts.flatMap(([name, part]) => pathsOf(part, path === '' ? name : `${path}.${name}`));
}

const print = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));
