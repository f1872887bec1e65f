import { describe, expect, it } from '@jest/globals';
import { type Asked, idsOf, mockHubspot, type Reply, wireRecord } from './hubspot-mock.ts';
import { startCrm } from './start-crm.ts';

const BATCH = '/crm/objects/2026-09/contacts/batch/read';
const SEARCH = '/crm/objects/2026-09/contacts/search';

const hubspot = mockHubspot();
const joinedByEmail = startCrm();
const joinedByProperty = startCrm({ CUSTOMER_LINK: 'property:stripe_id' });

interface Payer {
  readonly reference?: string | null;
  readonly email?: string | null;
}
const QUERY = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on Payment { customer { id } } ... on Invoice { customer { id } } ... on BillingAccount { customer { id } } } }`;
const of = (...payers: (Payer | null)[]) => ({
  of: payers.map((payer, index) => ({
    __typename: ['Payment', 'Invoice', 'BillingAccount'][index % 3],
    id: `pi_${String(index)}`,
    payer,
  })),
});
const known = (customer: string | null) => ({
  customer: customer === null ? null : { id: customer },
});

const contactsWithEmails =
  (contacts: Readonly<Record<string, string>>) =>
  ({ body }: Asked): Reply => ({
    body: {
      results: (body.inputs ?? []).flatMap(({ id }) =>
        contacts[id] === undefined ? [] : [wireRecord(contacts[id], { email: id })],
      ),
    },
  });

describe('a payer', () => {
  it('is looked up by e-mail, all payers of a request at once and each e-mail once', async () => {
    hubspot.on('POST', BATCH, contactsWithEmails({ 'a@example.com': '1', 'b@example.com': '2' }));
    const { data, errors } = await joinedByEmail.ask(
      QUERY,
      of(
        { email: 'a@example.com' },
        { email: 'B@example.com' },
        { reference: 'cus_1', email: 'A@example.com' },
        { email: 'c@example.com' },
      ),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ _entities: [known('1'), known('2'), known('1'), known(null)] });
    expect(hubspot.asked().map(idsOf)).toEqual([
      ['a@example.com', 'b@example.com', 'c@example.com'],
    ]);
  });

  it('without keys costs no call', async () => {
    const { data, errors, calls } = await joinedByEmail.ask(
      QUERY,
      of(null, {}, { reference: 'cus_1', email: null }, { email: 'not an address' }),
    );
    expect({ data, errors, calls }).toEqual({
      data: { _entities: [known(null), known(null), known(null), known(null)] },
      errors: [],
      calls: [],
    });
  });

  it('is looked up by the processor’s id if a property of the CRM has it, then by e-mail', async () => {
    hubspot.on('POST', SEARCH, {
      total: 3,
      results: [
        wireRecord(9, { stripe_id: 'cus_A' }),
        wireRecord(7, { stripe_id: 'cus_A' }),
        wireRecord(8, { stripe_id: 'cus_b' }),
      ],
    });
    hubspot.on('POST', BATCH, contactsWithEmails({ 'b@example.com': '2' }));
    const { data, errors } = await joinedByProperty.ask(
      QUERY,
      of(
        { reference: 'cus_A' },
        { reference: 'cus_B', email: 'b@example.com' },
        { reference: 'cus_C' },
      ),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ _entities: [known('7'), known('2'), known(null)] });
    expect(hubspot.asked()[0]?.body).toEqual({
      filterGroups: [
        {
          filters: [
            {
              propertyName: 'stripe_id',
              operator: 'IN',
              values: ['cus_A', 'cus_a', 'cus_B', 'cus_b', 'cus_C', 'cus_c'],
            },
          ],
        },
      ],
      properties: ['hs_object_id', 'stripe_id'],
      limit: 200,
    });
    expect(hubspot.asked().slice(1).map(idsOf)).toEqual([['b@example.com']]);
  });

  it('is searched on every page of the search', async () => {
    hubspot.on(
      'POST',
      SEARCH,
      {
        total: 201,
        results: [wireRecord(9, { stripe_id: 'cus_a' })],
        paging: { next: { after: '200' } },
      },
      { total: 201, results: [wireRecord(8, { stripe_id: 'cus_b' })] },
    );
    const { data } = await joinedByProperty.ask(
      QUERY,
      of({ reference: 'cus_a' }, { reference: 'cus_b' }),
    );
    expect(data).toEqual({ _entities: [known('9'), known('8')] });
    expect(hubspot.asked()[1]?.body['after']).toBe('200');
  });

  it('whose look-up fails is an error of its own field', async () => {
    hubspot.on('POST', BATCH, () => ({ status: 503, body: '' }));
    const { data, errors } = await joinedByEmail.ask(QUERY, of({ email: 'a@example.com' }, null));
    expect(data).toEqual({ _entities: [known(null), known(null)] });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: '_entities.0.customer' }]);
  });
});
