import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { countAnswerFields } from '../../http/operation-size.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));

function count(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = document.definitions.find((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('no operation');
  return countAnswerFields(schema, document, operation, variables);
}

describe('the number of fields that an answer can have', () => {
  it.each([
    ['leaves and objects count one each', '{ deal(id: "1") { id stage { id label } } }', 5],
    ['a list counts in full', '{ customers(first: 3) { nodes { id name } } }', 2 + 3 * 2],
    ['a list without a size has the size of its default', '{ customers { edges { cursor node { id } } } }', 2 + 20 * 3],
    ['lists multiply', '{ customers(first: 2) { nodes { payments(first: 5) { nodes { id } } } } }', 2 + 2 * (2 + 5)],
    ['a list that has no size counts ten', '{ customer(id: "1") { billingAccounts { id } } }', 2 + 10],
    ['what follows the page is no part of it', '{ customers(first: 100) { pageInfo { endCursor } totalCount } }', 4],
    [
      'a fragment counts where it is spread',
      '{ customers(first: 2) { ...P ...P } } fragment P on CustomerConnection { nodes { id } }',
      1 + 2 * (1 + 2),
    ],
  ])('%s', (_rule, query, expected) => {
    expect(count(query)).toBe(expected);
  });

  it('takes sizes from variables and their defaults', () => {
    const query = 'query ($n: Int! = 7) { customers(first: $n) { nodes { id } } }';
    expect(count(query)).toBe(2 + 7);
    expect(count(query, { n: 50 })).toBe(2 + 50);
    expect(count(query, { n: 1e9 })).toBe(2 + 100);
  });

  it('is found without walking a bomb of fragments', () => {
    const levels = Array.from(
      { length: 60 },
      (_, level) => `fragment F${String(level)} on Company { a: id ...F${String(level + 1)} ...F${String(level + 1)} }`,
    );
    expect(count(`{ company(id: "1") { ...F0 } } ${levels.join(' ')} fragment F60 on Company { id }`)).toBeGreaterThan(2 ** 60);
  });
});

describe('an operation whose answer could be too large', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  it('is refused before a vendor is asked', async () => {
    const nested =
      'customers(first: 100) { nodes { company { customers(first: 100) { nodes { company { customers(first: 100) { nodes { id } } } } } } } }';
    const before = gateway.sandbox.hubspot.requests.length;
    const { status, errors } = await gateway.query(`{ ${nested} }`);
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX', retryable: false } }]);
    expect(gateway.sandbox.hubspot.requests).toHaveLength(before);
  });
});
