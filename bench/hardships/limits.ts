import { Pool } from 'undici';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { startRedis } from '../../tests/state/redis-server.ts';
import { ask, quantile } from '../load.ts';
import { startEmbedded } from '../targets.ts';

const GATEWAYS = 5;
const LOAD_SECONDS = 40;
/** HubSpot's: 100 calls in any ten seconds. */
const LIMIT_PER_SECOND = 10;
/** Each waits some twenty seconds for its turn, of the thirty that it has. */
const CLIENTS = 200;

/**
 * Five gateways with one Redis and more load than HubSpot's limit allows. Each client asks again as soon as it is answered: all
 * together they want more than twice what the limit gives, and each answer is waited for within the deadline.
 */
export async function measureLimits() {
  const redis = await startRedis();
  const sandbox = await startSandbox({ vendors: ['hubspot'], limits: true, latencyMs: 20 });
  const others = await startSandbox();
  const environment = {
    ...others.environment,
    HUBSPOT_RATE_LIMIT: '',
    ...sandbox.environment,
    REDIS_URL: redis.url,
    REQUEST_TIMEOUT_MS: '30000',
  };
  const gateways = await Promise.all(
    Array.from({ length: GATEWAYS }, () => startEmbedded(environment)),
  );
  const ids = await readIds(others.hubspot.baseUrl);

  const startedAt = performance.now();
  const waits: number[] = [];
  const failures: string[] = [];
  let asked = 0;
  const client = async (pool: Pool) => {
    while (performance.now() - startedAt < LOAD_SECONDS * 1000) {
      const id = ids[asked++ % ids.length] ?? '';
      const begun = performance.now();
      const { text } = await ask(pool, {
        path: '/graphql',
        body: JSON.stringify({ query: `{ customer(id: "${id}") { name } }` }),
      });
      waits.push(performance.now() - begun);
      if (text.includes('"errors"')) failures.push(text);
    }
  };
  const pools = gateways.map(({ url }) => new Pool(url));
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) => client(pools[index % GATEWAYS] ?? new Pool(''))),
  );

  const calls = sandbox.hubspot.requests.filter(
    ({ startedAt: at }) => at > startedAt && at - startedAt < LOAD_SECONDS * 1000,
  );
  const refused = sandbox.hubspot.requests.filter(({ status }) => status === 429).length;
  for (const pool of pools) await pool.close();
  for (const gateway of gateways) gateway.close();
  await Promise.all([sandbox.close(), others.close(), redis.stop()]);
  waits.sort((a, b) => a - b);
  return {
    answered: waits.length,
    failed: failures.length,
    refusedByVendor: refused,
    shareOfLimit: calls.length / (LOAD_SECONDS * LIMIT_PER_SECOND),
    waitP50Ms: quantile(waits, 0.5),
    waitMaxMs: waits.at(-1),
  };
}

/** From another sandbox vendor with the same people: a call of our own would take a place from the gateways. */
async function readIds(baseUrl: string): Promise<readonly string[]> {
  const answer = await fetch(`${baseUrl}/crm/v3/objects/contacts?limit=100`, {
    headers: { authorization: 'Bearer any' },
  });
  const { results } = (await answer.json()) as {
    readonly results: readonly { readonly id: string }[];
  };
  return results.map(({ id }) => id);
}
