import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, type FormattedExecutionResult } from 'graphql';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { comparable } from './compare.ts';
import { graphLiterals } from './graph-literals.ts';
import { OperationGenerator } from './random-operation.ts';

/** `COUNT=1000 SEED=$RANDOM npm test -- planned-generated-operations` is the nightly form. */
const COUNT = Number(process.env['COUNT'] ?? 100);
const SEED = Number(process.env['SEED'] ?? 20_261_122);

const closing: (() => Promise<void>)[] = [];
let sandbox: Sandbox;
let embedded: TestGateway;
let distributed: TestGateway;
let generator: OperationGenerator;

beforeAll(async () => {
  const environment = {
    MAP_SIGNING_SECRET: 'the-same-for-all-instances-of-a-graph',
    UPSTREAM_MAX_TRIES: '1',
    UPSTREAM_MAX_FAILURES: '0',
  };
  sandbox = await startSandbox();
  closing.push(() => sandbox.close());
  embedded = await startTestGateway({ mode: 'embedded', sandbox, environment });
  closing.push(() => embedded.close());
  distributed = await startTestGateway({ mode: 'distributed', sandbox, environment });
  closing.push(() => distributed.close());
  const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
  generator = new OperationGenerator(
    schema,
    await graphLiterals((query) => answer(embedded, query, {})),
    SEED,
  );
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe(`generated operations, seed ${String(SEED)}`, () => {
  it(`are answered over HTTP as they are in one process (${String(COUNT)})`, async () => {
    for (let count = 0; count < COUNT; count += 1) await expectSameAnswer();
  }, 600_000);

  describe.each(['hubspot', 'stripe', 'google'] as const)('while %s', (vendor) => {
    it.each(['500', 'garbage', '429'] as const)(
      'answers %s, fail alike',
      async (fault) => {
        sandbox[vendor].fault = fault;
        for (let count = 0; count < COUNT / 10; count += 1) await expectSameAnswer();
        sandbox[vendor].fault = null;
      },
      600_000,
    );
  });
});

async function expectSameAnswer() {
  const { query, variables } = generator.next(5);
  const [expected, given] = await Promise.all([
    answer(embedded, query, variables),
    answer(distributed, query, variables),
  ]);
  expect({ query, variables, ...comparable(given) }).toEqual({
    query,
    variables,
    ...comparable(expected),
  });
}

async function answer(
  gateway: TestGateway,
  query: string,
  variables: object,
): Promise<FormattedExecutionResult> {
  const { data, errors } = await gateway.query(query, variables);
  // A cast: the data of the tests' gateway is of any type.
  return { data: data as Record<string, unknown>, ...(errors && { errors }) };
}
