import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { bearer, startTokenIssuer, type TokenIssuer } from '../gateway/access/token-issuer.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import {
  sendAllRequests,
  sendWhileVendorsFail,
  GOOD,
  readPages,
  WORDS,
} from './planted/requests.ts';
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

/** Several programs are started, and asked a lot. */
const TIMEOUT_MS = 120_000;

/** Starts the gateway, and its services where there are some. */
async function startAll(mode: 'embedded' | 'distributed'): Promise<readonly Program[]> {
  if (mode === 'embedded') return [startProgram('gateway.js', [], environment)];
  const services = SUBGRAPHS.map(
    ({ name }) => [name, startProgram('subgraph.js', [name], environment)] as const,
  );
  const urls = await Promise.all(
    services.map(async ([name, { url }]) => [
      `${name.toUpperCase()}_SUBGRAPH_URL`,
      `${await url}/graphql`,
    ]),
  );
  const gateway = startProgram('gateway.js', [], {
    ...environment,
    ...(Object.fromEntries(urls) as Record<string, string>),
  });
  return [gateway, ...services.map(([, service]) => service)];
}

/** @returns the key, and what the command has written beside it */
async function createKey(scopes: string) {
  const command = startProgram(
    'tributary.js',
    ['keys', 'create', '--name', 'planted', '--scopes', scopes],
    environment,
  );
  expect(await command.ended).toBe(0);
  const [key = ''] = /trib_\w{50}/.exec(command.output()) ?? [];
  return { key, output: command.output().replace(key, '') };
}

describe('the search', () => {
  it('finds each secret in each form, wherever it stands', () => {
    for (const secret of [
      ...Object.values(SETTINGS),
      ...Object.values(WORDS),
      REDIS_PASSWORD,
      'Zoé Lefèvre',
    ]) {
      for (const [form, written] of formsOf(secret)) {
        const found = findSecrets(
          { it: secret },
          { here: `before ${written} after`, there: 'nothing' },
        );
        expect(found).toContainEqual({ place: 'here', secret: 'it', form });
        expect(found.filter(({ place }) => place === 'there')).toEqual([]);
      }
      const within = Buffer.from(`{"before":"${secret}"}`).toString('base64');
      expect(findSecrets({ it: secret }, { within })).not.toEqual([]);
    }
  });
});

describeBuilt.each(['embedded', 'distributed'] as const)(
  'with the %s gateway, no secret',
  (mode) => {
    it(
      'is in logs, errors, metrics, traces, the schema or pages, whatever is asked and whatever goes wrong',
      async () => {
        const [whole, nothing] = [await createKey('all'), await createKey('none')];
        const claims = {
          scope: 'personal:read payments:read',
          email: 'planted.claim@secret.example',
        };
        const [token, expired] = [
          await issuer.token({ claims }),
          await issuer.token({ claims: { ...claims, exp: 1 } }),
        ];
        const programs = await startAll(mode);
        const urls = await Promise.all(programs.map(({ url }) => url));
        const [url = '', ...services] = urls;

        const callers = [bearer(whole.key), bearer(token), { 'x-api-key': nothing.key }];
        const invalidCallers = [
          bearer(expired),
          bearer(`${token.slice(0, -4)}AAAA`),
          bearer(whole.key.replace(/.$/, '_')),
          { authorization: `Basic ${Buffer.from(`planted:${WORDS.password}`).toString('base64')}` },
          { authorization: WORDS.password },
          { 'x-api-key': WORDS.password },
          {},
        ];
        const known = await sendAllRequests(url, callers);
        const failing = await sendWhileVendorsFail(url, bearer(whole.key), sandbox);
        const unknown = await sendAllRequests(url, invalidCallers);
        const direct = await Promise.all(
          services.map((service) =>
            sendAllRequests(service, [{ 'x-tributary-caller': token }, bearer(whole.key)]),
          ),
        );
        const good = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...bearer(whole.key) },
          body: JSON.stringify({
            query: GOOD,
            variables: { email: WORDS.email, address: WORDS.address },
          }),
        });
        const { data } = (await good.json()) as {
          readonly data: { readonly customers: { readonly nodes: readonly object[] } };
        };
        await redis.stop();
        const lost = await sendAllRequests(url, callers.slice(0, 1));
        const pages = await Promise.all(urls.map((each) => readPages(each, bearer(whole.key))));
        for (const program of programs) expect(await program.end()).toBe(0);
        await redis.start();

        const secrets: Record<string, string> = {
          ...SETTINGS,
          'the Redis password': REDIS_PASSWORD,
          'the header for traces': OTLP_HEADER,
          'a key': whole.key.slice(17),
          'a key without scopes': nothing.key.slice(17),
          ...Object.fromEntries(
            token.split('.').map((part, index) => [`part ${String(index)} of a token`, part]),
          ),
          'the signature of an expired token': expired.split('.')[2] ?? '',
          'a claim': claims.email,
          'a cookie': WORDS.cookie,
          'a password': WORDS.password,
        };
        const personal = Object.fromEntries(
          textsOf(data.customers).map((text) => [`of a person: ${text}`, text]),
        );
        const output = {
          log: programs.map((program) => program.output()).join('\n'),
          commands: whole.output + nothing.output,
          errors: [known, failing, unknown, lost, ...direct].map(({ errors }) => errors).join('\n'),
          pages: pages.join('\n'),
          traces: collector.bodies.join('\n'),
        };
        expect(findSecrets({ ...secrets, ...personal }, output)).toEqual([]);
        // Only a client's own response may repeat its words.
        expect(findSecrets(WORDS, { ...output, errors: '' })).toEqual([]);

        // There was something to be found.
        expect(findSecrets(personal, { answers: known.data }).length).toBeGreaterThan(5);
        expect(output.log).toContain('a vendor failed');
        expect(output.traces).toContain('query Good');
        expect(output.pages).toContain('tributary_');
      },
      TIMEOUT_MS,
    );
  },
);

/** Each is invalid, and its error must not repeat it. */
const WRONG_SETTINGS = {
  HUBSPOT_ACCESS_TOKEN: 'planted hubspot token',
  STRIPE_SECRET_KEY: 'plantéd-stripe-key',
  GOOGLE_MAPS_API_KEY: 'planted google key',
  MAP_SIGNING_SECRET: 'planted-short-map-secret',
  SUBGRAPH_SECRET: 'planted-short-secret',
  JWT_PUBLIC_KEY: '-----BEGIN PRIVATE KEY-----\nplanted-private-key',
  REDIS_URL: 'http://:planted-password-of-redis@127.0.0.1:1',
  HUBSPOT_BASE_URL: 'https://planted-user:planted-password@hubspot.example',
  STRIPE_BASE_URL: 'https://stripe.example/?key=planted-query',
  GOOGLE_ROUTES_BASE_URL: 'https://google.example/#planted-fragment',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://planted-user:planted-password@collector.example',
  CORS_ORIGINS: 'https://planted-user:planted-password@page.example',
};

describeBuilt('programs that do not start', () => {
  it(
    'say which settings are wrong, and not what is in them',
    async () => {
      const others = {
        JWT_ISSUER: 'https://issuer.test/',
        JWT_AUDIENCE: 'x',
        NODE_ENV: 'production',
      };
      const urls = Object.fromEntries(
        ['CRM', 'PAYMENTS', 'MAPS'].map((name) => [
          `${name}_SUBGRAPH_URL`,
          'http://127.0.0.1:1/graphql',
        ]),
      );
      const programs = [
        startProgram('gateway.js', [], { ...others, ...WRONG_SETTINGS }),
        startProgram('gateway.js', [], { ...others, ...WRONG_SETTINGS, ...urls }),
        ...SUBGRAPHS.map(({ name }) =>
          startProgram('subgraph.js', [name], { ...others, ...WRONG_SETTINGS }),
        ),
        startProgram('tributary.js', ['keys', 'list'], { REDIS_URL: WRONG_SETTINGS.REDIS_URL }),
        startProgram('tributary.js', ['keys', 'list'], {
          REDIS_URL: redis.url.replace('%2B', 'planted-wrong-password'),
        }),
      ];
      for (const { ended } of programs) expect(await ended).toBe(1);
      const output = programs.map((program) => program.output()).join('\n');
      expect(Object.keys(WRONG_SETTINGS).filter((name) => !output.includes(name))).toEqual([]);
      const planted = {
        'of a URL': 'planted-password',
        'of another': 'planted-query',
        'of a third': 'planted-fragment',
        user: 'planted-user',
      };
      expect(
        findSecrets(
          { ...WRONG_SETTINGS, ...planted, other: 'planted-wrong-password', REDIS_PASSWORD },
          { output },
        ),
      ).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describeBuilt('a gateway whose settings are refused elsewhere', () => {
  it(
    'says what does not work, and not by which credential',
    async () => {
      const secrets = {
        stripe: 'sk_live_plantedlive4e5f6a7b',
        redis: 'planted-wrong-password',
        collector: 'planted-collector-credential',
      };
      const gateway = startProgram('gateway.js', [], {
        ...environment,
        STRIPE_SECRET_KEY: secrets.stripe,
        REDIS_URL: redis.url.replace(/:[^:@]+@/, `:${secrets.redis}@`),
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secrets.collector}`,
        OTEL_BSP_SCHEDULE_DELAY: '10',
        ACCESS: 'open',
        ACCESS_OPEN_CONFIRM: '1',
      });
      const url = await gateway.url;
      const { errors } = await sendAllRequests(url, [{}]);
      const pages = await readPages(url, {});
      expect(await gateway.end()).toBe(0);
      const output = { log: gateway.output(), errors, pages };
      expect(findSecrets(secrets, output)).toEqual([]);
      expect(output.errors).toContain('UPSTREAM_AUTH');
      expect(output.log).toContain('Redis is');
      expect(output.log).toContain('traces could not be sent');
    },
    TIMEOUT_MS,
  );
});

/** All texts that are long enough to be personal data. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 8 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
