import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { runProcess } from '../run-process.ts';

describe("a frontend's codegen", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });

  afterAll(() => gateway.close());

  it.each([
    ['the running gateway', () => `${gateway.url}/graphql`],
    ['schema/api.graphql', () => 'schema/api.graphql'],
  ])(
    'makes types from %s that let a right use of an answer through and stop a wrong one',
    async (_name, schema) => {
      await inFrontend(async (frontend) => {
        expect(await generateTypes(schema(), frontend)).toMatchObject({ exitCode: 0 });

        await writeFile(join(frontend, 'right.ts'), screen('payment.amount.amount'));
        await writeFile(join(frontend, 'wrong.ts'), screen('payment.amount.cents'));
        const { exitCode, stdout } = await typeCheck(frontend, ['right.ts', 'wrong.ts']);
        expect(exitCode).not.toBe(0);
        expect(stdout.trim().split('\n')).toEqual([
          expect.stringMatching(/wrong\.ts\(\d+,\d+\): .*'cents' does not exist/),
        ]);
      });
    },
    90_000,
  );

  it('refuses an operation with a field that the graph does not have', async () => {
    await inFrontend(async (frontend) => {
      await writeFile(
        join(frontend, 'operation.graphql'),
        OPERATION.replace('createdAt', 'createdOn'),
      );
      const { exitCode, stdout, stderr } = await generateTypes('schema/api.graphql', frontend);
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain('Cannot query field "createdOn" on type "Payment"');
    });
  });
});

const OPERATION = /* GraphQL */ `
  query Payments($email: String!) {
    customerByEmail(email: $email) {
      name
      payments(first: 3) {
        nodes {
          amount {
            amount
            currency
          }
          createdAt
        }
      }
    }
  }
`;

const screen = (expression: string) => `
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { PaymentsDocument } from './types/graphql.js';

export const variables: VariablesOf<typeof PaymentsDocument> = { email: 'ada@example.com' };
export function currencies(answer: ResultOf<typeof PaymentsDocument>) {
  return (answer.customerByEmail?.payments?.nodes ?? []).flatMap((payment) => (payment ? [${expression}] : []));
}
`;

/** A folder where the packages of this repository are found. */
async function inFrontend(use: (directory: string) => Promise<void>) {
  await mkdir('node_modules/.cache', { recursive: true });
  const directory = await mkdtemp('node_modules/.cache/frontend-');
  try {
    await writeFile(join(directory, 'operation.graphql'), OPERATION);
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** As a frontend team does it: the tool's own program with a configuration of five lines. */
async function generateTypes(schema: string, frontend: string) {
  const configuration = join(frontend, 'codegen.json');
  const generates = {
    [join(frontend, 'types/')]: { preset: 'client', presetConfig: { fragmentMasking: false } },
  };
  await writeFile(
    configuration,
    JSON.stringify({ schema, documents: join(frontend, '*.graphql'), generates }),
  );
  return runProcess('node_modules/@graphql-codegen/cli/esm/bin.js', ['--config', configuration]);
}

function typeCheck(frontend: string, files: readonly string[]) {
  const options = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--pretty',
    'false',
  ];
  return runProcess('node_modules/typescript/bin/tsc', [
    ...options,
    '--ignoreConfig',
    ...files.map((file) => join(frontend, file)),
  ]);
}
