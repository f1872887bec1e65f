import { describe, expect, it } from '@jest/globals';
import { ofCustomers, person } from './ask.ts';
import { mockStripe } from './stripe-mock.ts';
import { customer, list } from './stripe-objects.ts';

const stripe = mockStripe();

const EMAIL_LIST = (email: string) => ({ email, limit: 100 });
const askIds = (people: readonly object[]) =>
  stripe.graph.ask(ofCustomers('billingAccounts { id }'), { people });
const idsOf = ({ data }: Awaited<ReturnType<typeof askIds>>) =>
  // The answer of the query above.
  (data?.['_entities'] as { billingAccounts: { id: string }[] | null }[]).map(
    ({ billingAccounts }) => billingAccounts?.map(({ id }) => id) ?? null,
  );
const manyPeople = (count: number) => {
  const emails = Array.from({ length: count }, (_, index) => `p${String(index)}@x.test`);
  return { emails, people: emails.map((email) => person(email, { emails: [email] })) };
};

describe('the billing accounts of e-mail addresses', () => {
  it('are those with the same address in any case, not all that search finds by the same words', async () => {
    stripe.search(
      ['pat@x.test'],
      [
        customer('cus_2', { email: 'Pat@X.test', created: 2 }),
        customer('cus_3', { email: 'pat@x.test.example', created: 3 }),
        customer('cus_1', { email: 'pat@x.test', created: 1 }),
        customer('cus_0', { email: 'pat@x.test', deleted: true } as never),
      ],
    );
    expect(idsOf(await askIds([person('1', { emails: ['pat@x.test'] })]))).toEqual([
      ['cus_2', 'cus_1'],
    ]);
  });

  it('cost two calls for twenty people whose accounts are all found, without a reason in the trace', async () => {
    const { emails, people } = manyPeople(20);
    for (const ten of [emails.slice(0, 10), emails.slice(10)])
      stripe.search(
        ten,
        ten.map((email) => customer(`cus_${String(emails.indexOf(email))}`, { email })),
      );
    const answer = await askIds(people);
    expect(idsOf(answer)).toEqual(emails.map((_email, index) => [`cus_${String(index)}`]));
    expect(answer.calls).toMatchObject([{ batchSize: 10 }, { batchSize: 10 }]);
    expect(answer.calls.map(({ noBatchReason }) => noBatchReason)).toEqual([undefined, undefined]);
  });

  it('cost one additional call for each of twenty people whom search does not find', async () => {
    const { emails, people } = manyPeople(20);
    stripe.search(emails.slice(0, 10), []);
    stripe.search(emails.slice(10), []);
    for (const email of emails) stripe.get('/v1/customers', EMAIL_LIST(email), list([]));
    const answer = await askIds(people);
    expect(idsOf(answer)).toEqual(emails.map(() => []));
    expect(answer.calls).toHaveLength(22);
  });

  it('are found by the list if search does not find them yet', async () => {
    stripe.search(['old@x.test', 'new@x.test'], [customer('cus_1', { email: 'old@x.test' })]);
    stripe.get(
      '/v1/customers',
      EMAIL_LIST('new@x.test'),
      list([customer('cus_2', { email: 'new@x.test' })]),
    );
    const people = ['old@x.test', 'new@x.test'].map((email) => person(email, { emails: [email] }));
    expect(idsOf(await askIds(people))).toEqual([['cus_1'], ['cus_2']]);
  });

  it('are merged over all addresses of a person, newest first and each once', async () => {
    stripe.search(
      ['a@x.test', 'b@x.test'],
      [
        customer('cus_2', { email: 'b@x.test', created: 2 }),
        customer('cus_1', { email: 'a@x.test', created: 1 }),
        customer('cus_3', { email: 'A@x.test', created: 3 }),
      ],
    );
    const emails = ['a@x.test', 'B@x.test', 'b@x.test', ''];
    expect(idsOf(await askIds([person('1', { emails })]))).toEqual([['cus_3', 'cus_2', 'cus_1']]);
  });

  it('are searched with escaped quotes, and only by the list if an address cannot be escaped', async () => {
    const quoted = '"pat o\'neil"@x.test'.replace(' ', '.');
    const strange = ['back\\slash@x.test', 'new\nline@x.test', 'with space@x.test'];
    stripe.get(
      '/v1/customers/search',
      { query: String.raw`email:"\"pat.o'neil\"@x.test"`, limit: 100 },
      list([customer('cus_1', { email: quoted })]),
    );
    for (const email of strange)
      stripe.get('/v1/customers', EMAIL_LIST(email), list([customer('cus_2', { email })]));
    const people = [quoted, ...strange].map((email) => person(email, { emails: [email] }));
    expect(idsOf(await askIds(people))).toEqual([['cus_1'], ['cus_2'], ['cus_2'], ['cus_2']]);
  });

  it('are none for an address of more than 512 characters, which is not sent', async () => {
    const answer = await askIds([person('1', { emails: [`${'a'.repeat(506)}@x.test`] })]);
    expect([idsOf(answer), answer.calls]).toEqual([[[]], []]);
  });

  it('are an error for a person with more than fifty addresses, without a call', async () => {
    const { errors, messages, calls } = await askIds([
      person('1', { emails: manyPeople(51).emails }),
    ]);
    expect([errors, calls]).toEqual([['_entities.0.billingAccounts: OPERATION_TOO_COMPLEX'], []]);
    expect(messages).toEqual([
      'Billing accounts are found by up to 50 e-mail addresses of a customer, but this one has more.',
    ]);
  });

  it('that cannot be read fail their own address only', async () => {
    stripe.search(
      ['a@x.test', 'b@x.test'],
      [{ id: 'cus_1', email: 'A@x.test' }, customer('cus_2', { email: 'b@x.test' })],
    );
    const people = ['a@x.test', 'b@x.test'].map((email) => person(email, { emails: [email] }));
    const answer = await askIds(people);
    expect(idsOf(answer)).toEqual([null, ['cus_2']]);
    expect(answer.errors).toEqual(['_entities.0.billingAccounts: UPSTREAM_CONTRACT']);
  });

  it('are searched one by one if ten addresses together have more than 500 accounts, so that one does not fail the others', async () => {
    const emails = ['a@x.test', 'b@x.test'];
    const fivePages = (of: readonly string[]) => {
      for (let page = 0; page < 5; page += 1)
        stripe.search(
          of,
          [customer(`cus_${String(page)}`)],
          page === 0 ? {} : { page: String(page) },
          String(page + 1),
        );
    };
    fivePages(emails);
    fivePages(['a@x.test']);
    stripe.search(['b@x.test'], [customer('cus_9')]);
    const answer = await askIds(emails.map((email) => person(email, { emails: [email] })));
    expect(idsOf(answer)).toEqual([null, ['cus_9']]);
    expect(answer.errors).toEqual(['_entities.0.billingAccounts: OPERATION_TOO_COMPLEX']);
  });

  it('fail with the search, for each person, if Stripe is down', async () => {
    stripe.get('/v1/customers/search', { query: 'email:"a@x.test"', limit: 100 }, {}, 503);
    const { errors } = await askIds([person('1', { emails: ['a@x.test'] })]);
    expect(errors).toEqual(['_entities.0.billingAccounts: UPSTREAM_UNAVAILABLE']);
  });
});

describe('an account that was created here', () => {
  const create = async (email: string, id: string) => {
    stripe.post('/v1/customers', customer(id, { email }));
    const { data } = await stripe.graph.ask(
      `mutation { createBillingAccount(input: { name: "New", email: "${email}", idempotencyKey: "${id}" }) { userErrors { code } } }`,
    );
    expect(data).toEqual({ createBillingAccount: { userErrors: [] } });
  };

  it('belongs to its customer before search finds it, beside those that search finds', async () => {
    await create('Fresh@X.test', 'cus_new');
    stripe.search(['fresh@x.test'], [customer('cus_old', { created: 1 })]);
    stripe.get('/v1/customers/cus_new', {}, customer('cus_new', { email: 'Fresh@X.test' }));
    expect(idsOf(await askIds([person('1', { emails: ['fresh@x.test'] })]))).toEqual([
      ['cus_new', 'cus_old'],
    ]);
    // Once search knows it, it costs no call of its own.
    stripe.search(['fresh@x.test'], [customer('cus_new'), customer('cus_old', { created: 1 })]);
    expect(idsOf(await askIds([person('1', { emails: ['fresh@x.test'] })]))).toEqual([
      ['cus_new', 'cus_old'],
    ]);
  });

  it('does not belong to a customer whose address it no longer has', async () => {
    await create('gone@x.test', 'cus_gone');
    stripe.search(['gone@x.test'], []);
    stripe.get('/v1/customers', EMAIL_LIST('gone@x.test'), list([]));
    stripe.get('/v1/customers/cus_gone', {}, customer('cus_gone', { email: 'other@x.test' }));
    expect(idsOf(await askIds([person('1', { emails: ['gone@x.test'] })]))).toEqual([[]]);
  });
});
