import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { createStripeProvider } from '../../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { STRIPE_EVENT_TYPES } from '../../../../../../subgraphs/payments/providers/stripe/webhooks/stripe-event-types.ts';
import { Credential } from '../../../../../../upstream/credential.ts';
import { scopeOf, serve } from '../../../../../upstream/loopback.ts';
import { testResources } from '../../../../test-resources.ts';

const URL_HERE = 'https://api.example.com/webhooks/stripe';
const SECRET = 'whsec_of_this_test';

interface Endpoint {
  readonly id: string;
  readonly url: string;
}

/** Sets up the endpoint of an account that has some already, listed in pages of one. */
async function setUp(endpoints: readonly Endpoint[]) {
  const written: { readonly path: string; readonly form: URLSearchParams }[] = [];
  const answer = async (request: IncomingMessage): Promise<object> => {
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://stripe.test');
    if (request.method === 'POST') {
      written.push({ path, form: new URLSearchParams(await text(request)) });
      const id = path.split('/')[3];
      const created = { id: 'we_new', url: URL_HERE, secret: SECRET };
      return {
        object: 'webhook_endpoint',
        ...(id === undefined ? created : { id, url: URL_HERE }),
      };
    }
    const after = searchParams.get('starting_after');
    const begin = endpoints.findIndex(({ id }) => id === after) + 1;
    return {
      object: 'list',
      data: endpoints.slice(begin, begin + 1),
      has_more: endpoints.length > begin + 1,
    };
  };
  await using server = await serve((request, response) => {
    void answer(request).then((body) => response.end(JSON.stringify(body)));
  });
  const provider = createStripeProvider(
    {
      secretKey: new Credential('sk_test_1'),
      baseUrl: server.baseUrl,
      rateLimit: null,
      endpointRateLimit: null,
    },
    {},
    testResources({}),
  );
  const done = await provider.events?.setUp(URL_HERE, scopeOf());
  await provider.close();
  return { done, written };
}

describe('setting up the endpoint of Stripe', () => {
  it('creates one with the events that this graph reads, in the version that it reads, and returns its secret', async () => {
    const { done, written } = await setUp([{ id: 'we_1', url: 'https://other.example.com/' }]);

    expect(done).toMatchObject({ secret: SECRET, secretName: 'STRIPE_WEBHOOK_SECRETS' });
    expect(done?.lines.join('\n')).toContain(`Stripe's endpoint we_new is created`);
    expect(done?.lines.join('\n')).not.toContain(SECRET);
    expect(written.map(({ path }) => path)).toEqual(['/v1/webhook_endpoints']);
    const [{ form } = { form: new URLSearchParams() }] = written;
    expect(form.getAll('enabled_events[]')).toEqual(STRIPE_EVENT_TYPES);
    expect([form.get('url'), form.get('api_version')]).toEqual([URL_HERE, '2026-10-28.endive']);
  });

  it('gives an existing one these events, and learns no secret', async () => {
    const { done, written } = await setUp([
      { id: 'we_1', url: 'https://other.example.com/' },
      { id: 'we_2', url: URL_HERE },
    ]);

    expect(done).not.toHaveProperty('secret');
    expect(written.map(({ path }) => path)).toEqual(['/v1/webhook_endpoints/we_2']);
    expect(written[0]?.form.getAll('enabled_events[]')).toEqual(STRIPE_EVENT_TYPES);
  });
});
