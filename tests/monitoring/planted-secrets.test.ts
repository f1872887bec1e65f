import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { startTokenIssuer, type TokenIssuer } from '../access/token-issuer.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { type Program, startProgram } from './planted/program.ts';
import { askEverything, GOOD, readPages, WORDS } from './planted/requests.ts';
import { findSecrets, formsOf } from './planted/secret-search.ts';
import { startTraceCollector, type TraceCollector } from './trace-collector.ts';

/** What the operator keeps to themselves. */
const SETTINGS = {
  HUBSPOT_ACCESS_TOKEN: 'pat-na1-planted-hubspot-0a1b2c3d',
  STRIPE_SECRET_KEY: 'sk_test_plantedstripe4e5f6a7b',
  GOOGLE_MAPS_API_KEY: 'AIzaPlantedGoogle8c9d0e1f',
  SUBGRAPH_SECRET: 'planted-secret-of-the-subgraphs-2a3b4c5d',
  MAP_SIGNING_SECRET: 'planted-secret-of-the-maps-6e7f8a9b0c1d',
};
const REDIS_PASSWORD = 'planted+redis/p@ss:word';
const OTLP_HEADER = 'planted-otlp-credential-7f8e';

let sandbox: Sandbox;
let redis: RedisServer;
let issuer: TokenIssuer;
let collector: TraceCollector;
let environment: Record<string, string>;
beforeAll(async () => {
  [sandbox, redis, issuer, collector] = await Promise.all([
    startSandbox(),
    startRedis({ password: REDIS_PASSWORD }),
    startTokenIssuer(),
    startTraceCollector(),
  ]);
  environment = {
    ...sandbox.environment,
    ...SETTINGS,
    ...issuer.environment,
    PORT: '0',
    LOG_LEVEL: 'debug',
    REDIS_URL: redis.url,
    REQUEST_TIMEOUT_MS: '3000',
    UPSTREAM_MAX_TRIES: '1',
    UPSTREAM_MAX_FAILURES: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${OTLP_HEADER}`,
  };
});
afterAll(async () => {
  await sandbox.close();
  await redis.stop();
  await issuer.close();
  await collector.close();
});

const isBuilt = existsSync(new URL('../../dist/planner.js', import.meta.url));
if (!isBuilt) console.warn('Skipped: the distributed gateway needs its planner; run `npm run build`.');

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

/** Starts the gateway, and its services where there are some. */
async function startAll(mode: 'embedded' | 'distributed'): Promise<readonly Program[]> {
  if (mode === 'embedded') return [startProgram('gateway/main.ts', [], environment)];
  const services = ['crm', 'payments', 'maps'].map((name) => [name, startProgram('subgraphs/main.ts', [name], environment)] as const);
  const urls = await Promise.all(services.map(async ([name, { url }]) => [`${name.toUpperCase()}_SUBGRAPH_URL`, `${await url}/graphql`]));
  const gateway = startProgram('gateway/main.ts', [], { ...environment, ...(Object.fromEntries(urls) as Record<string, string>) });
  return [gateway, ...services.map(([, service]) => service)];
}

/** @returns the key, and what the command has written beside it */
async function createKey(scopes: string) {
  const command = startProgram('access/command/main.ts', ['keys', 'create', '--name', 'planted', '--scopes', scopes], environment);
  command.url.catch(() => undefined);
  expect(await command.ended).toBe(0);
  const [key = ''] = /trib_\w{50}/.exec(command.output()) ?? [];
  return { key, told: command.output().replace(key, '') };
}

describe('the search', () => {
  it('finds each secret in each form, wherever it stands', () => {
    for (const secret of [...Object.values(SETTINGS), ...Object.values(WORDS), REDIS_PASSWORD, 'Zoé Lefèvre']) {
      for (const [form, written] of formsOf(secret)) {
        const found = findSecrets({ it: secret }, { here: `before ${written} after`, there: 'nothing' });
        expect(found).toContainEqual({ place: 'here', secret: 'it', form });
        expect(found.filter(({ place }) => place === 'there')).toEqual([]);
      }
      const within = Buffer.from(`{"before":"${secret}"}`).toString('base64');
      expect(findSecrets({ it: secret }, { within })).not.toEqual([]);
    }
  });
});

describe.each(['embedded', ...(isBuilt ? (['distributed'] as const) : [])] as const)('with the %s gateway, no secret', (mode) => {
  it('is in logs, errors, metrics, traces, the schema or pages, whatever is asked and whatever goes wrong', async () => {
    const [whole, nothing] = [await createKey('all'), await createKey('none')];
    const claims = { scope: 'personal:read payments:read', email: 'planted.claim@secret.example' };
    const [token, expired] = [await issuer.token({ claims }), await issuer.token({ claims: { ...claims, exp: 1 } })];
    const programs = await startAll(mode);
    const urls = await Promise.all(programs.map(({ url }) => url));
    const [url = '', ...services] = urls;

    const callers = [bearer(whole.key), bearer(token), { 'x-api-key': nothing.key }];
    const strangers = [
      bearer(expired),
      bearer(`${token.slice(0, -4)}AAAA`),
      bearer(whole.key.replace(/.$/, '_')),
      { authorization: `Basic ${Buffer.from(`planted:${WORDS.password}`).toString('base64')}` },
      { authorization: WORDS.password },
      { 'x-api-key': WORDS.password },
      {},
    ];
    const known = await askEverything(url, callers, sandbox);
    const unknown = await askEverything(url, strangers, sandbox);
    const direct = await Promise.all(
      services.map((service) => askEverything(service, [{ 'x-tributary-caller': token }, bearer(whole.key)], sandbox)),
    );
    const good = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(whole.key) },
      body: JSON.stringify({ query: GOOD, variables: { email: WORDS.email, address: WORDS.address } }),
    });
    const { data } = (await good.json()) as { readonly data: { readonly customers: { readonly nodes: readonly object[] } } };
    await redis.stop();
    const lost = await askEverything(url, callers, sandbox);
    const pages = await Promise.all(urls.map((each) => readPages(each, bearer(whole.key))));
    for (const program of programs) expect(await program.end()).toBe(0);
    await redis.start();

    const secrets: Record<string, string> = {
      ...SETTINGS,
      'the Redis password': REDIS_PASSWORD,
      'the header for traces': OTLP_HEADER,
      'a key': whole.key.slice(17),
      'a key without scopes': nothing.key.slice(17),
      ...Object.fromEntries(token.split('.').map((part, index) => [`part ${String(index)} of a token`, part])),
      'the signature of an expired token': expired.split('.')[2] ?? '',
      'a claim': claims.email,
      'a cookie': WORDS.cookie,
      'a password': WORDS.password,
    };
    const personal = Object.fromEntries(textsOf(data.customers).map((text) => [`of a person: ${text}`, text]));
    const told = {
      log: programs.map(({ output }) => output()).join('\n'),
      commands: whole.told + nothing.told,
      errors: [known, unknown, lost, ...direct].map(({ errors }) => errors).join('\n'),
      pages: pages.join('\n'),
      traces: collector.bodies.join('\n'),
    };
    expect(findSecrets({ ...secrets, ...personal }, told)).toEqual([]);
    const { errors: _answered, ...elsewhere } = told;
    expect(findSecrets(WORDS, elsewhere)).toEqual([]);

    // There was something to be found.
    expect(findSecrets(personal, { answers: known.data }).length).toBeGreaterThan(5);
    expect(told.log).toContain('a vendor failed');
    expect(told.traces).toContain('query Good');
    expect(told.pages).toContain('tributary_');
  });
});

/** All texts that are long enough to be somebody's. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 8 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
