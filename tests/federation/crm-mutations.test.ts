import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

describe.each(['embedded', 'distributed'] as const)(
  'CRM mutations through the %s gateway',
  (mode) => {
    let gateway: TestGateway;
    beforeAll(async () => {
      gateway = await startTestGateway({ mode });
    });
    afterAll(() => gateway.close());

    const writes = () => gateway.sandbox.hubspot.writes.map(({ template }) => template);

    it('return the customer with its payments and its location', async () => {
      const { data: known } = await gateway.query(
        `{ customers(first: 50) { nodes { id payments(first: 1) { nodes { id } } address { line1 city region postalCode country place { id } } } } }`,
      );
      const [payer] = known.customers.nodes.filter(
        ({ payments }: KnownCustomer) => payments.nodes.length > 0,
      );
      const [neighbour] = known.customers.nodes.filter(
        ({ id, address }: KnownCustomer) => id !== payer.id && address?.place != null,
      );
      const { place, ...address } = neighbour.address;
      const { data, errors } = await gateway.query(
        `mutation ($input: UpdateCustomerInput!) {
        updateCustomer(input: $input) {
          customer { id jobTitle payments(first: 1) { nodes { id } } address { line1 place { id } } }
          userErrors { code }
        }
      }`,
        { input: { id: payer.id, jobTitle: 'Promoted', address } },
      );
      expect(errors).toBeUndefined();
      expect(data.updateCustomer).toEqual({
        customer: {
          id: payer.id,
          jobTitle: 'Promoted',
          payments: payer.payments,
          address: { line1: address.line1, place },
        },
        userErrors: [],
      });
    });

    it('run one after the other, and each sees the effect of the one before', async () => {
      const email = `serial-${mode}@example.org`;
      const { data, errors } = await gateway.query(
        `mutation ($email: String!) {
        one: createCustomer(input: { email: $email, lastName: "Serial" }) { customer { id name company { name } } }
        again: createCustomer(input: { email: $email }) { customer { id } userErrors { code field message } }
        deal: createDeal(input: { title: "Serial", amount: { amount: "10.00", currency: "EUR" } }) { deal { title amount { amount currency } } }
      }`,
        { email },
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        one: { customer: { id: expect.any(String), name: 'Serial', company: null } },
        again: {
          customer: null,
          userErrors: [
            {
              code: 'ALREADY_EXISTS',
              field: ['input', 'email'],
              message: 'The CRM already has a customer with this e-mail address.',
            },
          ],
        },
        deal: { deal: { title: 'Serial', amount: { amount: '10.00', currency: 'EUR' } } },
      });
    });

    it('create a company and update it, with its location', async () => {
      const { data: known } = await gateway.query(
        '{ companies(first: 20) { nodes { address { line1 city region postalCode country place { id } } } } }',
      );
      const { place, ...address } = known.companies.nodes.find(
        ({ address: one }: KnownCustomer) => one?.place != null,
      ).address;
      const { data } = await gateway.query(
        `mutation ($input: CreateCompanyInput!) {
        createCompany(input: $input) { company { id name address { place { id } } } userErrors { code } }
      }`,
        { input: { name: 'New Ltd', domain: 'new.example', address } },
      );
      expect(data.createCompany).toMatchObject({
        company: { name: 'New Ltd', address: { place } },
        userErrors: [],
      });
      const { data: changed } = await gateway.query(
        `mutation ($id: ID!) {
        updateCompany(input: { id: $id, name: "Newer Ltd", domain: null }) { company { name domain } }
      }`,
        { id: data.createCompany.company.id },
      );
      expect(changed.updateCompany.company).toEqual({ name: 'Newer Ltd', domain: null });
    });

    it('choose stages and owners from the lists of the CRM', async () => {
      const { data: lists } = await gateway.query(
        '{ pipelines { id label stages { id label isClosed } } owners(first: 1) { nodes { id name } } lifecycleStages { id label } }',
      );
      const [pipeline] = lists.pipelines;
      const stage = pipeline.stages.find(({ isClosed }: { isClosed: boolean }) => !isClosed);
      const [owner] = lists.owners.nodes;
      const { data, errors } = await gateway.query(
        `mutation ($input: CreateDealInput!) {
        createDeal(input: $input) { deal { pipeline { label } stage { label } owner { name } } }
      }`,
        { input: { title: 'X', pipelineId: pipeline.id, stageId: stage.id, ownerId: owner.id } },
      );
      expect(errors).toBeUndefined();
      expect(data.createDeal.deal).toEqual({
        pipeline: { label: pipeline.label },
        stage: { label: stage.label },
        owner: { name: owner.name },
      });
      expect(lists.lifecycleStages.length).toBeGreaterThan(1);
    });

    it('have a user error for a value that a rule of the account requires', async () => {
      const { data, errors } = await gateway.query(
        `mutation {
        createDeal(input: { title: "Won", stageId: "closedwon" }) { deal { id } userErrors { code field message } }
      }`,
      );
      expect(errors).toBeUndefined();
      const message = 'input.amount is required by a rule of the CRM account.';
      expect(data.createDeal).toEqual({
        deal: null,
        userErrors: [{ code: 'UNKNOWN', field: ['input', 'amount'], message }],
      });
    });

    it('are visible to later reads of the same operation, and to the next operation', async () => {
      const { data } = await gateway.query(
        'mutation { createDeal(input: { title: "First" }) { deal { id } } }',
      );
      const { id } = data.createDeal.deal;
      const { data: changed } = await gateway.query(
        `mutation ($id: ID!) {
        second: updateDeal(input: { id: $id, title: "Second" }) { deal { title } }
        third: updateDeal(input: { id: $id, title: "Third" }) { deal { title } }
      }`,
        { id },
      );
      expect(changed).toEqual({
        second: { deal: { title: 'Second' } },
        third: { deal: { title: 'Third' } },
      });
      expect(
        (await gateway.query('query ($id: ID!) { deal(id: $id) { title } }', { id })).data,
      ).toEqual({ deal: { title: 'Third' } });
    });

    it('take effect once for an idempotency key, however many concurrent requests have it', async () => {
      const before = writes().length;
      const input = { title: 'Once', idempotencyKey: `once-${mode}` };
      const asked = Array.from({ length: 5 }, () =>
        gateway.query(
          'mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } } }',
          { input },
        ),
      );
      const ids = (await Promise.all(asked)).map(({ data }) => data.createDeal.deal.id);
      expect(new Set(ids).size).toBe(1);
      expect(writes().slice(before)).toEqual(['/crm/objects/2026-09/deals']);
    });
  },
);

interface KnownCustomer {
  readonly id: string;
  readonly payments: { readonly nodes: readonly object[] };
  readonly address: { readonly place: object | null } | null;
}
