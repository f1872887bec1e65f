import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countRounds } from '../../bench/count-rounds.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { TRACED } from '../gateway/traced.ts';
import { LIST_QUERY, PAYMENT_AND_BACK_QUERY } from './list-query.ts';

let gateway: TestGateway;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  // So long that a busy machine does not pull calls of one round apart.
  sandbox = await startSandbox({ latencyMs: 250 });
  gateway = await startTestGateway({ sandbox });
});
afterAll(async () => {
  await gateway.close();
  await sandbox.close();
});

describe('rounds of vendor calls', () => {
  it('are three for the list query: contacts; companies, accounts and places; payments', async () => {
    const { errors, extensions } = await gateway.query(LIST_QUERY, {}, TRACED);
    expect(errors).toBeUndefined();
    expect(countRounds(extensions?.upstream ?? [])).toBe(3);
  });

  it('are three from a payment back to its customer, company and place', async () => {
    const { data: listed } = await gateway.query(
      '{ customers(first: 1) { nodes { payments(first: 1) { nodes { id } } } } }',
    );
    const [{ payments }] = listed.customers.nodes;
    const { data, errors, extensions } = await gateway.query(
      PAYMENT_AND_BACK_QUERY,
      { id: payments.nodes[0].id },
      TRACED,
    );
    expect(errors).toBeUndefined();
    expect(data.payment.customer).toMatchObject({
      company: { name: expect.any(String) },
      address: { place: { formattedAddress: expect.any(String) } },
    });
    expect(countRounds(extensions?.upstream ?? [])).toBe(3);
  });
});
