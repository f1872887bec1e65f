import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { generateTypes, inFrontend, typeCheck } from '../frontend.ts';

describe("a frontend's codegen", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });

  afterAll(() => gateway.close());

  it.each([
    ['the running gateway', () => `${gateway.url}/graphql`],
    ['schema/api.graphql', () => API_SCHEMA],
  ])(
    'makes types from %s that let a right use of an answer through and stop a wrong one',
    async (_name, schema) => {
      await inFrontend({ 'operation.graphql': OPERATION }, async (frontend) => {
        expect(await generate(schema(), frontend)).toMatchObject({ exitCode: 0 });

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
    const operation = OPERATION.replace('createdAt', 'createdOn');
    await inFrontend({ 'operation.graphql': operation }, async (frontend) => {
      const { exitCode, stdout, stderr } = await generate(API_SCHEMA, frontend);
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain('Cannot query field "createdOn" on type "Payment"');
    });
  });
});

const API_SCHEMA = resolve('schema/api.graphql');

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

/** The tool's own program with a configuration of five lines. */
async function generate(schema: string, frontend: string) {
  const generates = {
    'types/': { preset: 'client', presetConfig: { fragmentMasking: false } },
  };
  await writeFile(
    join(frontend, 'codegen.json'),
    JSON.stringify({ schema, documents: '*.graphql', generates }),
  );
  return generateTypes(frontend, 'codegen.json');
}
