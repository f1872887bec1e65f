import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordId } from '../../../sandbox/hubspot/hubspot-ids.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { type RunningCrm, startCrm } from './start-crm.ts';

/** What HubSpot's answers mean, with a HubSpot whose records others change at the same time. */
describe.each(['2026-09', 'v3'])('with HubSpot’s API %s, the graph', (version) => {
  let sandbox: Sandbox<'hubspot'>;
  let crm: RunningCrm;
  beforeAll(async () => {
    sandbox = await startSandbox({ vendors: ['hubspot'] });
    crm = startCrm({ ...sandbox.environment, HUBSPOT_API_VERSION: version });
  });
  afterAll(async () => {
    await crm.subgraph.close();
    await sandbox.close();
  });

  /** A change by another user of the CRM. */
  async function inCrm(path: string, body: object): Promise<{ readonly id: string }> {
    const response = await fetch(`${sandbox.hubspot.baseUrl}/crm/${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer pat-na1-sandbox' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return (text === '' ? {} : JSON.parse(text)) as { readonly id: string };
  }

  const createContact = async (email: string) =>
    (await inCrm('v3/objects/contacts', { properties: { email } })).id;

  it('finds a customer under the ids of two that were merged, once in each list, and updates it', async () => {
    const [first, second] = [
      await createContact('first@example.org'),
      await createContact('second@example.org'),
    ];
    const { data: made } = await crm.ask(
      'mutation ($ids: [ID!]) { createDeal(input: { title: "Both", customerIds: $ids }) { deal { id } } }',
      { ids: [first, second] },
    );
    const { id: dealId } = (made as { createDeal: { deal: { id: string } } }).createDeal.deal;
    const { id } = await inCrm('v3/objects/contacts/merge', {
      primaryObjectId: first,
      objectIdToMerge: second,
    });
    const { data, errors } = await crm.ask(
      `query ($first: ID!, $second: ID!, $deal: ID!) {
        first: customer(id: $first) { id email }
        second: customer(id: $second) { id }
        byEmail: customerByEmail(email: "second@example.org") { id }
        deal(id: $deal) { customers { nodes { id } } }
      }`,
      { first, second, deal: dealId },
    );
    expect([data, errors]).toEqual([
      {
        first: { id, email: 'first@example.org' },
        second: { id },
        byEmail: { id },
        deal: { customers: { nodes: [{ id }] } },
      },
      [],
    ]);
    const { data: updated } = await crm.ask(
      'mutation ($id: ID!) { updateCustomer(input: { id: $id, jobTitle: "Merged" }) { customer { id jobTitle } userErrors { code } } }',
      { id: second },
    );
    expect(updated).toEqual({
      updateCustomer: { customer: { id, jobTitle: 'Merged' }, userErrors: [] },
    });
  });

  it('keeps the account’s own labels when a customer is unlinked from a company', async () => {
    const [contact, company] = [await createContact('label@example.org'), recordId('companies', 3)];
    const pair = { from: { id: contact }, to: { id: company } };
    const type = (associationCategory: string, associationTypeId: number) => ({
      associationCategory,
      associationTypeId,
    });
    await inCrm('v4/associations/contacts/companies/batch/create', {
      inputs: [{ ...pair, types: [type('HUBSPOT_DEFINED', 1), type('USER_DEFINED', 36)] }],
    });
    const { data } = await crm.ask(
      'mutation ($id: ID!) { updateCustomer(input: { id: $id, companyId: null }) { customer { company { id } } userErrors { code } } }',
      { id: contact },
    );
    expect(data).toEqual({ updateCustomer: { customer: { company: null }, userErrors: [] } });
    const left = await inCrm('v4/associations/contacts/companies/batch/read', {
      inputs: [{ id: contact }],
    });
    expect(JSON.stringify(left)).toContain('"label":"Billing contact"');
  });

  it('does not mistake the account’s own label for HubSpot’s primary company of a deal', async () => {
    const [reseller, buyer] = [recordId('companies', 3), recordId('companies', 4)];
    const { id } = await inCrm('v3/objects/deals', { properties: { dealname: 'Resold' } });
    const link = (to: string, associationCategory: string) => ({
      from: { id },
      to: { id: to },
      types: [{ associationCategory, associationTypeId: 5 }],
    });
    await inCrm('v4/associations/deals/companies/batch/create', {
      inputs: [link(reseller, 'USER_DEFINED'), link(buyer, 'HUBSPOT_DEFINED')],
    });
    const { data } = await crm.ask('query ($id: ID!) { deal(id: $id) { company { id } } }', { id });
    expect(data).toEqual({ deal: { company: { id: buyer } } });
  });

  it('has the name of a deal’s deactivated owner', async () => {
    const { data } = await crm.ask('query ($id: ID!) { deal(id: $id) { owner { name } } }', {
      id: recordId('deals', 312),
    });
    expect(data).toEqual({ deal: { owner: { name: 'Tomas Lindqvist' } } });
  });
});
