import { describe, expect, it } from '@jest/globals';
import { ofCustomers, person } from './ask.ts';
import { mockStripe } from './stripe-mock.ts';
import { customer, list, paymentIntent, stripeError } from './stripe-objects.ts';

const stripe = mockStripe();

const lookUp = () => {
  stripe.get(
    '/v1/customers',
    { email: 'a@x.test', limit: 100 },
    list([customer('cus_2'), customer('cus_1')]),
  );
};
const askPage = (first: number, after: string | null = null) =>
  stripe.graph.ask(
    `query ($people: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $people) { ... on Customer {
      payments(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }
    } } }`,
    { people: [person('1', { email: 'a@x.test' })], first, after },
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
  it('is newest first, asks each account for one page, and goes on from where each account was left', async () => {
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
    expect(third.calls.map(({ path }) => path)).toEqual(['/v1/customers']);
  });

  it('does not ask an account again that has nothing left', async () => {
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

  it('orders what is equally old by id', async () => {
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

  it('keeps an unreadable payment in its own place as an error', async () => {
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

  it('refuses a cursor that was tampered with to reach into a stranger’s account', async () => {
    lookUp();
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 1 },
      list([paymentIntent('pi_1', 1)], true),
    );
    stripe.get('/v1/payment_intents', { customer: 'cus_2', limit: 1 }, list([]));
    const { endCursor } = pageOf(await askPage(1));
    const tampered = Buffer.from(
      Buffer.from(endCursor ?? '', 'base64url')
        .toString()
        .replace('cus_2', 'cus_7'),
    ).toString('base64url');
    lookUp();
    const { errors } = await askPage(1, tampered);
    expect(errors).toEqual(['_entities.0.payments: BAD_USER_INPUT']);
  });

  it('refuses positions that are no ids, and answers BAD_USER_INPUT where a position is gone', async () => {
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
    const gone = stripeError('invalid_request_error', {
      code: 'resource_missing',
      param: 'starting_after',
    });
    stripe.get(
      '/v1/payment_intents',
      { customer: 'cus_1', limit: 1, starting_after: 'pi_1' },
      gone,
      400,
    );
    expect((await askPage(1, endCursor)).errors).toEqual(['_entities.0.payments: BAD_USER_INPUT']);
  });

  it('refuses a cursor of another person, and page sizes out of bounds, before any call', async () => {
    const other = await stripe.graph.ask(ofCustomers('payments(first: 0) { nodes { id } }'), {
      people: [person('1', { email: 'a@x.test' })],
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
      { people: [person('2', { email: 'a@x.test' })], after: endCursor },
    );
    expect([errors, calls]).toEqual([['_entities.0.payments: BAD_USER_INPUT'], []]);
  });
});
