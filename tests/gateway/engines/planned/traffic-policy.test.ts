import { afterEach, describe, expect, it } from '@jest/globals';
import type { TrafficPolicy } from '../../../../gateway/engines/planned/service-connection.ts';
import { createMonitoring } from '../../../../monitoring/monitoring.ts';
import { composeSupergraph } from '../../../federation/compose-supergraph.ts';
import { sendOperation, codesAndPaths } from '../../start-gateway.ts';
import { type StandInService, startStandInService } from './stand-in-service.ts';
import { serveServices } from './serve-services.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const SHOP = `${LINK} type Query { products: [Product] } type Product @key(fields: "id") { id: ID! name: String }`;
const REVIEWS = `${LINK} type Product @key(fields: "id") { id: ID! stars: Int } type Query { top: Int } type Mutation { rate: Int }`;

const PRODUCT = { __typename: 'Product', id: '1', name: 'Kettle' };
const STARS = { data: { _entities: [{ stars: 5 }] } };
const QUERY = '{ products { name stars } }';
const WITHOUT_STARS = { products: [{ name: 'Kettle', stars: null }] };
const WITH_STARS = { products: [{ name: 'Kettle', stars: 5 }] };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A graph of a shop, and reviews with a traffic policy. No test waits for the deadline of its requests. */
async function start(traffic: TrafficPolicy, answer: StandInService['answer']) {
  const shop = await startStandInService(() => ({ data: { products: [PRODUCT] } }));
  const reviews = await startStandInService(answer);
  for (const service of [shop, reviews]) closing.push(() => service.close());
  const monitoring = createMonitoring({ vendors: [] });
  const gateway = await serveServices({
    supergraph: composeSupergraph([
      { name: 'shop', url: shop.url, sdl: SHOP },
      { name: 'reviews', url: reviews.url, sdl: REVIEWS },
    ]),
    environment: { REQUEST_TIMEOUT_MS: '600000' },
    services: [{ name: 'reviews', forwardedHeaders: [], traffic }],
    monitoring,
  });
  closing.push(() => gateway.close());
  return {
    reviews,
    health: monitoring.health,
    query: (query = QUERY) => sendOperation(gateway.url, { query }),
  };
}

const refuse =
  (status: number): StandInService['answer'] =>
  (_request, response) => {
    response.writeHead(status).end('busy');
  };

describe('the timeout of a service', () => {
  it('makes only its own fields null when it hangs, and names it', async () => {
    const graph = await start({ timeoutMs: 200 }, () => undefined);
    const { data, errors } = await graph.query();
    expect(data).toEqual(WITHOUT_STARS);
    expect(errors).toMatchObject([
      {
        path: ['products', 0, 'stars'],
        extensions: { code: 'UPSTREAM_TIMEOUT', service: 'reviews' },
      },
    ]);
    expect(graph.health().services).toEqual({ shop: 'up', reviews: 'failing' });
  });

  it('is sent to the service as the remaining time', async () => {
    const graph = await start({ timeoutMs: 20_000 }, () => STARS);
    expect((await graph.query()).data).toEqual(WITH_STARS);
    const left = Number(graph.reviews.requests[0]?.headers['x-tributary-deadline-ms']);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(19_950);
  });

  it('does not apply to a mutation, which has until the deadline of the request', async () => {
    const graph = await start({ timeoutMs: 50, retries: 5 }, () => ({ data: { rate: 1 } }));
    expect((await graph.query('mutation { rate }')).data).toEqual({ rate: 1 });
    const left = Number(graph.reviews.requests[0]?.headers['x-tributary-deadline-ms']);
    expect(left).toBeGreaterThan(50);
  });
});

describe('the retries of a service', () => {
  it.each([502, 503, 504])('send a query again after %d', async (status) => {
    const graph = await start({ retries: 2 }, (request, response) =>
      graph.reviews.requests.length < 3 ? refuse(status)(request, response) : STARS,
    );
    expect((await graph.query()).data).toEqual(WITH_STARS);
    expect(graph.reviews.requests).toHaveLength(3);
    expect(graph.health().services).toEqual({ shop: 'up', reviews: 'up' });
  });

  it.each([
    ['an error in GraphQL', 2, () => ({ errors: [{ message: 'no' }] }), 'INTERNAL_SERVER_ERROR', 1],
    ['a 500', 2, refuse(500), 'UPSTREAM_UNAVAILABLE', 1],
    ['a 503 after so many', 2, refuse(503), 'UPSTREAM_UNAVAILABLE', 3],
    ['a 503 without retries', undefined, refuse(503), 'UPSTREAM_UNAVAILABLE', 1],
  ])('send no query again after %s', async (_what, retries, answer, code, requests) => {
    const graph = await start({ retries }, answer);
    const { data, errors } = await graph.query();
    expect([data, codesAndPaths(errors)]).toEqual([WITHOUT_STARS, [`${code} products.0.stars`]]);
    expect(graph.reviews.requests).toHaveLength(requests);
  });

  it('send no mutation again', async () => {
    const graph = await start({ retries: 5 }, refuse(503));
    const { errors } = await graph.query('mutation { rate }');
    expect(codesAndPaths(errors)).toEqual(['UPSTREAM_UNAVAILABLE rate']);
    expect(graph.reviews.requests).toHaveLength(1);
  });
});

describe('the concurrency of a service', () => {
  it('limits the pending requests; the others wait', async () => {
    let [underWay, most] = [0, 0];
    const graph = await start({ concurrency: 2 }, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return { data: { top: 1 } };
    });
    const answers = await Promise.all(Array.from({ length: 12 }, () => graph.query('{ top }')));
    expect(answers.map(({ data }) => data as unknown)).toEqual(Array(12).fill({ top: 1 }));
    expect(most).toBeLessThanOrEqual(2);
  });
});
