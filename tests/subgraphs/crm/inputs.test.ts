import { describe, expect, it } from '@jest/globals';
import { mockHubspot } from './hubspot-mock.ts';
import { startCrm } from './start-crm.ts';

mockHubspot();
const { ask } = startCrm();

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Nothing is mocked, so whatever is refused here never reached the CRM. */
async function refusalOf(mutation: string, input: object) {
  const of = `mutation ($input: ${capitalized(mutation)}Input!) { ${mutation}(input: $input) { userErrors { code } } }`;
  const { data, errors } = await ask(of, { input });
  expect(data).toEqual({ [mutation]: null });
  return errors.map(({ code, message, field }) => [code, field, message])[0];
}

const long = (length: number) => 'x'.repeat(length);

describe('an input that no CRM could accept is refused with the expected and the actual value', () => {
  it.each([
    [
      'createCustomer',
      { phone: '1' },
      'input',
      'input must have an email, a firstName or a lastName, but has none of them.',
    ],
    [
      'createCustomer',
      { email: 'nobody' },
      'input.email',
      'input.email must be an e-mail address of at most 254 characters, but got "nobody".',
    ],
    [
      'createCustomer',
      { firstName: long(65_537) },
      'input.firstName',
      'input.firstName must have at most 65,536 characters, but has 65,537.',
    ],
    [
      'createCustomer',
      { lastName: 'A', address: { city: long(70_000) } },
      'input.address.city',
      'input.address.city must have at most 65,536 characters, but has 70,000.',
    ],
    [
      'createCustomer',
      { lastName: 'A', address: { line2: 'Flat 2' } },
      'input.address.line2',
      'input.address.line2 must be sent with line1, as this CRM stores both in one line, but line1 is missing.',
    ],
    [
      'createCustomer',
      { lastName: 'A', companyId: '../1' },
      'input.companyId',
      'input.companyId must be a number of up to 20 digits, but got "../1".',
    ],
    [
      'createCustomer',
      { lastName: 'A', lifecycleStageId: ' ' },
      'input.lifecycleStageId',
      'input.lifecycleStageId must be text of 1 to 200 characters, but got " ".',
    ],
    [
      'createCustomer',
      { lastName: 'A', idempotencyKey: '' },
      'input.idempotencyKey',
      'idempotencyKey must have from 1 to 255 characters, but has 0.',
    ],
    [
      'updateCustomer',
      { id: '1?x', lastName: 'A' },
      'input.id',
      'input.id must be a number of up to 20 digits, but got "1?x".',
    ],
    [
      'updateCustomer',
      { id: '1' },
      'input',
      'input must have a field to update besides the id, but has none.',
    ],
    [
      'createCompany',
      { industry: 'RETAIL', name: ' ' },
      'input',
      'input must have a name or a domain, but has none of them.',
    ],
    [
      'createCompany',
      { domain: 'https://example.com/' },
      'input.domain',
      'input.domain must be a web domain such as example.com, of at most 253 characters, but got "https://example.com/".',
    ],
    [
      'updateCompany',
      { id: '1', domain: 'localhost' },
      'input.domain',
      'input.domain must be a web domain such as example.com, of at most 253 characters, but got "localhost".',
    ],
    [
      'updateCompany',
      { id: 'acme', name: 'A' },
      'input.id',
      'input.id must be a number of up to 20 digits, but got "acme".',
    ],
    [
      'updateCompany',
      { id: '1' },
      'input',
      'input must have a field to update besides the id, but has none.',
    ],
    ['createDeal', { title: ' ' }, 'input.title', 'input.title must not be blank, but is.'],
    [
      'createDeal',
      { title: 'A', amount: { amount: '1234567890123456.00', currency: 'EUR' } },
      'input.amount.amount',
      'input.amount.amount must have at most 15 digits, but has 18.',
    ],
    [
      'createDeal',
      { title: 'A', ownerId: 'me' },
      'input.ownerId',
      'input.ownerId must be a number of up to 20 digits, but got "me".',
    ],
    [
      'createDeal',
      { title: 'A', customerIds: ['1', 'b'] },
      'input.customerIds',
      'input.customerIds must be a number of up to 20 digits, but got "b".',
    ],
    [
      'createDeal',
      { title: 'A', customerIds: Array.from({ length: 101 }, (_, index) => String(index)) },
      'input.customerIds',
      'input.customerIds must have at most 100 ids, but has 101.',
    ],
    [
      'updateDeal',
      { id: '1', stageId: long(201) },
      'input.stageId',
      `input.stageId must be text of 1 to 200 characters, but got "${long(40)}".`,
    ],
  ])('%s %j', async (mutation, input, field, message) => {
    expect(await refusalOf(mutation, input)).toEqual(['BAD_USER_INPUT', field, message]);
  });
});
