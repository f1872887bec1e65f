import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ofCustomers, person } from './ask.ts';
import { mockStripe } from './stripe-mock.ts';
import { customer, list, paymentIntent, stripeError } from './stripe-objects.ts';

const stripe = mockStripe();

const lookUp = () => {
  stripe.search(['a@x.test'], [customer('cus_2'), customer('cus_1')]);
};
const askPage = (first: number, after: string | null = null) =>
  stripe.graph.ask(
    `query ($people: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $people) { ... on Customer {
      payments(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }
    } } }`,
    { people: [person('1', { emails: ['a@x.test'] })], first, after },
  );
const pageOf = ({ data }: Awaited<ReturnType<typeof askPage>>) => {
  // The answer of the query above.
  const [{ payments }] = data?.['_entities'] as [
    {
      payments: {
        nodes: ({ id: string } | null)[];
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
      };
    },
  ];
  return { ids: payments.nodes.map((node) => node?.id ?? null), ...payments.pageInfo };
};

describe('a list over two accounts (recordings hold no list by customer and no has_more: true; these follow the types of the stripe package)', () => {
  it('is newest first, reads one page per account, and continues at the position in each account', async () => {
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 3 },
      list(
        [paymentIntent('pi_19', 90), paymentIntent('pi_17', 70), paymentIntent('pi_15', 50)],
        true,
      ),
    );
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 3 },
      list([paymentIntent('pi_28', 80), paymentIntent('pi_26', 60)]),
    );
    const first = pageOf(await askPage(3));
    expect(first).toMatchObject({
      ids: ['pi_19', 'pi_28', 'pi_17'],
      hasNextPage: true,
      hasPreviousPage: false,
    });

    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 3, starting_after: 'pi_17' },
      list([paymentIntent('pi_15', 50)]),
    );
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 3, starting_after: 'pi_28' },
      list([paymentIntent('pi_26', 60)]),
    );
    const second = pageOf(await askPage(3, first.endCursor));
    expect(second).toMatchObject({
      ids: ['pi_26', 'pi_15'],
      hasNextPage: false,
      hasPreviousPage: true,
    });

    lookUp();
    const third = await askPage(3, second.endCursor);
    expect(pageOf(third)).toMatchObject({ ids: [], hasNextPage: false });
    expect(third.calls.map(({ path }) => path)).toEqual(['/v1/customers/search']);
  });

  it('does not read an exhausted account again', async () => {
    lookUp();
    stripe.get('/v1/payment_intents', { customer: 'cus_1', limit: 2 }, list([]));
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 2 },
      list([paymentIntent('pi_3', 3), paymentIntent('pi_2', 2)], true),
    );
    const { endCursor, hasNextPage } = pageOf(await askPage(2));
    expect(hasNextPage).toBe(true);
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 2, starting_after: 'pi_2' },
      list([paymentIntent('pi_1', 1)]),
    );
    expect(pageOf(await askPage(2, endCursor))).toMatchObject({
      ids: ['pi_1'],
      hasNextPage: false,
    });
  });

  it('orders items of equal age by id', async () => {
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 2 },
      list([paymentIntent('pi_b', 5)]),
    );
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 2 },
      list([paymentIntent('pi_a', 5)]),
    );
    expect(pageOf(await askPage(2)).ids).toEqual(['pi_b', 'pi_a']);
  });

  it('has an unreadable payment as an error at its position', async () => {
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 3 },
      list([paymentIntent('pi_19', 90), { id: 'pi_18', object: 'payment_intent' }]),
    );
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_2', limit: 3 },
      list([paymentIntent('pi_28', 80)]),
    );
    const answer = await askPage(3);
    expect(pageOf(answer)).toMatchObject({ ids: ['pi_19', null, 'pi_28'], hasNextPage: false });
    expect(answer.errors).toEqual(['_entities.0.payments.nodes.1: UPSTREAM_CONTRACT']);
  });

  it('has cursors that name no account, so that none can be tampered with to reach into a stranger’s', async () => {
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 1 },
      list([paymentIntent('pi_1', 1)], true),
    );
    stripe.get('/v1/payment_intents', { customer: 'cus_2', limit: 1 }, list([]));
    const { endCursor } = pageOf(await askPage(1));
    expect(Buffer.from(endCursor ?? '', 'base64url').toString()).not.toContain('cus_');
  });

  describe('whose accounts change between two pages, as is possible while search lags', () => {
    const firstPage = async () => {
      lookUp();
      stripe.get(
        '/v1/payment_intents',
        { customer: 'cus_1', limit: 1 },
        list([paymentIntent('pi_19', 9)], true),
      );
      stripe.get(
        '/v1/payment_intents',
        { customer: 'cus_2', limit: 1 },
        list([paymentIntent('pi_28', 8)]),
      );
      return pageOf(await askPage(1)).endCursor;
    };
    const continueWithTheSecond = () => {
      stripe.get(
        '/v1/payment_intents',
        { customer: 'cus_2', limit: 1 },
        list([paymentIntent('pi_28', 8)]),
      );
    };

    it('continues with the remaining accounts of the cursor', async () => {
      const endCursor = await firstPage();
      stripe.search(['a@x.test'], [customer('cus_2')]);
      continueWithTheSecond();
      expect(pageOf(await askPage(1, endCursor))).toMatchObject({
        ids: ['pi_28'],
        hasNextPage: false,
      });
    });

    it('omits a new account until the list is read from its beginning', async () => {
      const endCursor = await firstPage();
      stripe.search(['a@x.test'], [customer('cus_0'), customer('cus_1'), customer('cus_2')]);
      stripe.get(
        '/v1/payment_intents',
        { customer: 'cus_1', limit: 1, starting_after: 'pi_19' },
        list([paymentIntent('pi_17', 7)]),
      );
      continueWithTheSecond();
      expect(pageOf(await askPage(1, endCursor))).toMatchObject({
        ids: ['pi_28'],
        hasNextPage: true,
      });
    });

    it('refuses a cursor without any remaining account', async () => {
      const endCursor = await firstPage();
      stripe.search(['a@x.test'], [customer('cus_3')]);
      expect((await askPage(1, endCursor)).errors).toEqual([
        '_entities.0.payments: BAD_USER_INPUT',
      ]);
    });
  });

  it('refuses positions that are no ids, and returns BAD_USER_INPUT for a position that no longer exists', async () => {
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 1 },
      list([paymentIntent('pi_1', 1)], true),
    );
    stripe.get('/v1/payment_intents', { customer: 'cus_2', limit: 1 }, list([]));
    const { endCursor } = pageOf(await askPage(1));
    const broken = Buffer.from(
      Buffer.from(endCursor ?? '', 'base64url')
        .toString()
        .replace('pi_1', 'pi_/../'),
    ).toString('base64url');
    lookUp();
    expect((await askPage(1, broken)).errors).toEqual(['_entities.0.payments: BAD_USER_INPUT']);

    lookUp();
    const missing = stripeError('invalid_request_error', {
      code: 'resource_missing',
      param: 'starting_after',
    });
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 1, starting_after: 'pi_1' },
      missing,
      400,
    );
    expect((await askPage(1, endCursor)).errors).toEqual(['_entities.0.payments: BAD_USER_INPUT']);
  });

  it.each([30, 200])(
    'continues from its own cursor over %d accounts, which fits into a URL of 8 kB',
    async (count) => {
      const name = (prefix: string, index: number) =>
        `${prefix}_${createHash('sha256')
          .update(`${prefix}${String(index)}`)
          .digest('hex')
          .slice(0, 24)}`;
      const accounts = Array.from({ length: count }, (_account, index) => name('cus', index));
      const read = (continued: boolean) => {
        for (const [page, ids] of [accounts.slice(0, 100), accounts.slice(100)].entries()) {
          if (ids.length === 0) continue;
          stripe.search(
            ['a@x.test'],
            ids.map((id) => customer(id)),
            page === 0 ? {} : { page: 'second' },
            page === 0 && count > 100 ? 'second' : undefined,
          );
        }
        for (const [index, id] of accounts.entries()) {
          const payment = name('pi', index);
          // Half of a page of 100 is of each of the first accounts: those go on behind it, the others at their beginning.
          const isTaken = index < 100;
          stripe.get(
            '/v1/payment_intents',
            { customer: id, limit: 100, ...(continued && isTaken && { starting_after: payment }) },
            list(continued ? [] : [paymentIntent(payment, isTaken ? 1000 - index : 1)], !continued),
          );
        }
      };
      read(false);
      const { endCursor, ids } = pageOf(await askPage(100));
      expect(ids).toHaveLength(Math.min(count, 100));
      expect(endCursor?.length).toBeLessThan(6000);
      read(true);
      const { errors } = await askPage(100, endCursor);
      expect(errors).toEqual([]);
    },
  );

  it('refuses a cursor of another person, and page sizes out of bounds, before any call', async () => {
    const other = await stripe.graph.ask(ofCustomers('payments(first: 0) { nodes { id } }'), {
      people: [person('1', { emails: ['a@x.test'] })],
    });
    expect(other.errors).toEqual(['_entities.0.payments: BAD_USER_INPUT']);
    expect((await askPage(101)).messages).toEqual([
      'first must be an integer from 1 to 100, but got 101.',
    ]);
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 1 },
      list([paymentIntent('pi_1', 1)], true),
    );
    stripe.get('/v1/payment_intents', { customer: 'cus_2', limit: 1 }, list([]));
    const { endCursor } = pageOf(await askPage(1));
    const { errors, calls } = await stripe.graph.ask(
      'query ($people: [_Any!]!, $after: String) { _entities(representations: $people) { ... on Customer { payments(after: $after) { nodes { id } } } } }',
      { people: [person('2', { emails: ['a@x.test'] })], after: endCursor },
    );
    expect([errors, calls]).toEqual([['_entities.0.payments: BAD_USER_INPUT'], []]);
  });
});
