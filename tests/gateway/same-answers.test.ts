import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { codesAndPaths, startTestGateway, type TestGateway } from './start-gateway.ts';

const EXAMPLES = new URL('../../examples/operations/', import.meta.url);
const VARIABLES = JSON.parse(readFileSync(new URL('variables.json', EXAMPLES), 'utf8')) as Record<string, object>;

const operations = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => {
    const query = readFileSync(new URL(file, EXAMPLES), 'utf8');
    const name = parse(query).definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)?.name?.value ?? file;
    return { name, query, variables: VARIABLES[name] };
  });

const closing: (() => Promise<void>)[] = [];
let sandbox: Sandbox;
let embedded: TestGateway;
let distributed: TestGateway;
beforeAll(async () => {
  const environment = {
    MAP_SIGNING_SECRET: 'the-same-for-all-instances-of-a-graph',
    REQUEST_TIMEOUT_MS: '3000',
    UPSTREAM_MAX_TRIES: '1',
    UPSTREAM_MAX_FAILURES: '0',
  };
  sandbox = await startSandbox();
  closing.push(() => sandbox.close());
  embedded = await startTestGateway({ mode: 'embedded', sandbox, environment });
  closing.push(() => embedded.close());
  distributed = await startTestGateway({ mode: 'distributed', sandbox, environment });
  closing.push(() => distributed.close());
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});
afterEach(() => {
  for (const vendor of [sandbox.hubspot, sandbox.stripe, sandbox.google]) vendor.fault = null;
});

async function compare(query: string, variables: object | undefined) {
  const one = await embedded.query(query, variables);
  const other = await distributed.query(query, variables);
  expect(other.data).toEqual(one.data);
  expect(codesAndPaths(other.errors)).toEqual(codesAndPaths(one.errors));
  expect(other.status).toBe(one.status);
  expect(other.extensions).toEqual(one.extensions);
  return one;
}

describe('embedded subgraphs and subgraphs as services give the same answer', () => {
  it.each(operations)('to the example $name', async ({ query, variables }) => {
    const { errors, data } = await compare(query, variables);
    expect(errors).toBeUndefined();
    expect(data).not.toBeNull();
  });

  describe.each(['hubspot', 'stripe', 'google'] as const)('while %s', (vendor) => {
    describe.each(['500', 'garbage', 'reset', '429'] as const)('answers %s', (fault) => {
      it.each(operations)('to the example $name', async ({ query, variables }) => {
        sandbox[vendor].fault = fault;
        await compare(query, variables);
      });
    });
  });
});
