import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessSettings } from '../../../gateway/access/access-config.ts';
import { ANONYMOUS_CALLER } from '../../../request/caller.ts';
import { describeAccess } from '../../../gateway/access/open-callers.ts';
import { subgraphAccessSettings } from '../../../gateway/access/services/subgraph-access.ts';
import { type Environment, parseSettings, type Problems } from '../../../settings/settings.ts';
import { gatewaySettings } from '../../../gateway/config.ts';
import { gatewayAccessSettings } from '../../../gateway/gateway-access.ts';
import { isSandboxOnly } from '../../../gateway/sandbox-only.ts';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import type { VendorPlan } from '../../../subgraphs/vendor-plan.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';

let keys: KeyFile;
beforeAll(async () => {
  keys = await createKeyFile();
});
afterAll(() => keys.remove());

function read(environment: Environment, isSandbox = false) {
  const problems: Problems = [];
  return {
    config: parseSettings(
      accessSettings({ isSandbox }),
      { API_KEYS_FILE: keys.path, ...environment },
      problems,
    ),
    problems,
  };
}

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' });
const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' });
const TOKENS = {
  JWT_ISSUER: 'https://issuer.test/',
  JWT_AUDIENCE: 'https://graph.test',
  JWT_JWKS_URL: 'https://issuer.test/keys',
};

describe('access', () => {
  it('is open if every vendor is in the sandbox, else closed', () => {
    expect(read({}, true).config?.anonymous).toBe(ANONYMOUS_CALLER);
    expect(read({}).config?.anonymous).toBeNull();
    expect(read({ ACCESS: 'closed' }, true).config?.anonymous).toBeNull();
  });

  it('is opened for a real vendor only with ACCESS_OPEN_CONFIRM', () => {
    expect(read({ ACCESS: 'open' })).toEqual({
      config: undefined,
      problems: [
        'ACCESS=open accepts requests without a credential, and not every vendor is known to be in the sandbox. To confirm it, set ACCESS_OPEN_CONFIRM=1; otherwise unset ACCESS.',
      ],
    });
    expect(read({ ACCESS: 'open', ACCESS_OPEN_CONFIRM: 'yes' }).problems).toEqual([
      'ACCESS_OPEN_CONFIRM must be 1 or unset.',
    ]);
    expect(read({ ACCESS: 'open', ACCESS_OPEN_CONFIRM: '1' }).config?.anonymous).toBe(
      ANONYMOUS_CALLER,
    );
    expect(read({ ACCESS_OPEN_CONFIRM: '1' }).config?.anonymous).toBeNull();
  });

  it.each([
    ['none', []],
    ['crm:read', ['crm:read']],
    ['crm:read, payments:read  maps', ['crm:read', 'payments:read', 'maps']],
  ])('gives anonymous callers the scopes %j', (ANONYMOUS_SCOPES, scopes) => {
    const { config } = read({ ANONYMOUS_SCOPES }, true);
    expect(config?.anonymous).toEqual({ ...ANONYMOUS_CALLER, scopes: new Set(scopes) });
  });

  it.each(['a"b', ' ', ',', 'crm:read,all', 'é'])('refuses the scopes %j', (ANONYMOUS_SCOPES) => {
    expect(read({ ANONYMOUS_SCOPES }, true).problems).toEqual([
      'ANONYMOUS_SCOPES must be scopes separated by commas or spaces, "none" or "all".',
    ]);
  });

  it('refuses scopes and an audience for anonymous callers if it is closed', () => {
    expect(read({ ANONYMOUS_SCOPES: 'none', ANONYMOUS_AUDIENCE: 'public' }).problems).toEqual([
      'ANONYMOUS_SCOPES is set, so ACCESS must be open: closed access has no anonymous callers.',
      'ANONYMOUS_AUDIENCE is set, so ACCESS must be open: closed access has no anonymous callers.',
    ]);
  });

  it('without an API key prints a command that creates one', async () => {
    const { config } = read({});
    if (config === undefined) throw new Error('The configuration is right.');
    expect(describeAccess(config, { isSandbox: false })).toEqual([
      'Access is closed, and there is no API key yet. Create one: npm run keys -- create --name <owner> --scopes all',
    ]);
    await keys.add();
    expect(describeAccess(config, { isSandbox: false })).toEqual([]);
  });

  it('refuses a file that does not contain API keys', async () => {
    const other = `${keys.path}.other`;
    await writeFile(other, '{}');
    expect(read({ API_KEYS_FILE: other }).problems).toEqual([
      `API_KEYS_FILE must name a file that "tributary keys" has written, or one that does not exist yet, but "${other}" is something else.`,
    ]);
  });

  it('has its keys in Redis if REDIS_URL is set, unless API_KEYS_FILE is set', () => {
    const REDIS_URL = 'redis://127.0.0.1:6379';
    expect(read({ REDIS_URL, API_KEYS_FILE: '' }).config?.keys).toEqual({ redisUrl: REDIS_URL });
    expect(read({ REDIS_URL }).config?.keys).toEqual({ file: keys.path });
  });
});

describe('tokens', () => {
  it('are not accepted unless JWT_ISSUER is set', () => {
    expect(read({}).config?.tokens).toBeUndefined();
  });

  it('are those of an issuer, for an audience or several', () => {
    expect(
      read({ ...TOKENS, JWT_AUDIENCE: 'a, b', JWT_CLOCK_TOLERANCE: '30', JWT_SCOPE_CLAIM: 'roles' })
        .config?.tokens,
    ).toEqual({
      issuer: 'https://issuer.test/',
      audiences: ['a', 'b'],
      keys: new URL('https://issuer.test/keys'),
      clockToleranceSeconds: 30,
      scopeClaim: 'roles',
    });
  });

  it.each([PUBLIC_PEM, String(PUBLIC_PEM).replaceAll('\n', '\\n')])(
    'can be checked with a configured key',
    (pem) => {
      const { config } = read({ ...TOKENS, JWT_JWKS_URL: '', JWT_PUBLIC_KEY: String(pem) });
      expect(config?.tokens?.keys).toMatchObject({ type: 'public' });
    },
  );

  it.each([
    [
      { JWT_ISSUER: 'x' },
      [
        'JWT_AUDIENCE must be set to accept tokens: the "aud" of trusted tokens.',
        'To accept tokens, set either JWT_JWKS_URL or JWT_PUBLIC_KEY.',
      ],
    ],
    [
      { ...TOKENS, JWT_ISSUER: '' },
      ['JWT_ISSUER must be set to accept tokens: the "iss" of trusted tokens.'],
    ],
    [
      { ...TOKENS, JWT_PUBLIC_KEY: String(PUBLIC_PEM) },
      ['To accept tokens, set either JWT_JWKS_URL or JWT_PUBLIC_KEY.'],
    ],
    [
      { ...TOKENS, JWT_JWKS_URL: 'http://issuer.test/keys' },
      ['JWT_JWKS_URL must be an https URL; http is accepted only for a loopback address.'],
    ],
    [
      { ...TOKENS, JWT_JWKS_URL: '', JWT_PUBLIC_KEY: String(PRIVATE_PEM) },
      ['JWT_PUBLIC_KEY must be a public key in PEM: -----BEGIN PUBLIC KEY----- and so on.'],
    ],
    [
      { ...TOKENS, JWT_JWKS_URL: '', JWT_PUBLIC_KEY: 'x' },
      ['JWT_PUBLIC_KEY must be a public key in PEM: -----BEGIN PUBLIC KEY----- and so on.'],
    ],
    [
      { ...TOKENS, JWT_CLOCK_TOLERANCE: '301' },
      ['JWT_CLOCK_TOLERANCE must be an integer from 0 to 300.'],
    ],
  ])('need an issuer, an audience and a key', (environment, problems) => {
    expect(read(environment)).toEqual({ config: undefined, problems });
  });

  it('may have their issuer keys on this machine without https', () => {
    expect(read({ ...TOKENS, JWT_JWKS_URL: 'http://localhost:8080/keys' }).problems).toEqual([]);
  });
});

describe('a service of a subgraph', () => {
  const SECRET = 'x'.repeat(32);
  const readService = (environment: Environment, mustSign: boolean) => {
    const problems: Problems = [];
    return parseSettings(subgraphAccessSettings({ mustSign }), environment, problems) ?? problems;
  };

  it('requires signatures if it has a secret or a real vendor', () => {
    expect(readService({}, false)).toEqual({ secret: undefined, isOpen: true });
    expect(readService({ SUBGRAPH_SECRET: SECRET }, false)).toEqual({
      secret: SECRET,
      isOpen: false,
    });
    expect(readService({}, true)).toEqual([
      'SUBGRAPH_SECRET must be set, to the same value for the gateway and its subgraph services. If only the gateway can reach the services, SUBGRAPH_ACCESS=open makes it optional.',
    ]);
    expect(readService({ SUBGRAPH_ACCESS: 'open' }, true)).toEqual({
      secret: undefined,
      isOpen: true,
    });
    expect(readService({ SUBGRAPH_ACCESS: 'open', SUBGRAPH_SECRET: SECRET }, true)).toEqual({
      secret: SECRET,
      isOpen: true,
    });
    expect(readService({ SUBGRAPH_SECRET: 'short' }, false)).toEqual([
      'SUBGRAPH_SECRET must have at least 32 characters.',
    ]);
  });
});

describe('a gateway', () => {
  const SERVICES = {
    CRM_SUBGRAPH_URL: 'http://127.0.0.1:4001/graphql',
    PAYMENTS_SUBGRAPH_URL: 'http://localhost:4002/graphql',
    MAPS_SUBGRAPH_URL: 'http://[::1]:4003/graphql',
  };
  const AUDIENCES = new Map([
    ['public', ''],
    ['partner', ''],
  ]);
  const readGateway = (
    environment: Environment,
    plans: readonly Pick<VendorPlan, 'usesSandbox'>[] = [],
  ) => {
    const problems: Problems = [];
    const config = parseSettings(gatewaySettings(SUBGRAPHS), environment, problems);
    if (config === undefined) throw new Error(problems.join('\n'));
    const isSandbox = isSandboxOnly(config, plans as readonly VendorPlan[], environment);
    return {
      isSandbox,
      access: parseSettings(
        gatewayAccessSettings({ config, isSandbox, audiences: AUDIENCES }),
        { API_KEYS_FILE: keys.path, ...environment },
        problems,
      ),
      problems,
    };
  };

  it('shows anonymous callers the graph of an existing audience', () => {
    const environment = { ACCESS: 'open', ACCESS_OPEN_CONFIRM: '1', ANONYMOUS_SCOPES: 'none' };
    expect(
      readGateway({ ...environment, ANONYMOUS_AUDIENCE: 'public' }).access?.config.anonymous,
    ).toEqual({
      ...ANONYMOUS_CALLER,
      scopes: new Set(),
      audience: 'public',
    });
    expect(readGateway({ ...environment, ANONYMOUS_AUDIENCE: 'nobody' }).problems).toEqual([
      'ANONYMOUS_AUDIENCE must be one of the audiences: partner, public.',
    ]);
  });

  it('is a sandbox if every vendor is a sandbox vendor', () => {
    expect(readGateway({}, [{ usesSandbox: true }, { usesSandbox: true }]).isSandbox).toBe(true);
    expect(readGateway({}, [{ usesSandbox: true }, { usesSandbox: false }]).isSandbox).toBe(false);
  });

  it.each([
    [{}, true],
    [{ HOST: '0.0.0.0' }, false],
    [{ NODE_ENV: 'production' }, false],
    [{ SUBGRAPH_SECRET: 'x'.repeat(32) }, false],
    [{ MAPS_SUBGRAPH_URL: 'http://maps:4003/graphql' }, false],
  ])(
    'is a sandbox with services only if all are on one machine: with %j %s',
    (changes, isSandbox) => {
      expect(readGateway({ ...SERVICES, ...changes }).isSandbox).toBe(isSandbox);
    },
  );

  it('is a sandbox with a supergraph if all its URLs are on this machine', async () => {
    const supergraph = (url: string) =>
      `enum join__Graph { A @join__graph(name: "a", url: "http://localhost:1") B @join__graph(name: "b", url: "${url}") }`;
    for (const [url, isSandbox] of [
      ['http://127.0.0.1:2/graphql', true],
      ['https://b.test/graphql', false],
      ['', false],
    ] as const) {
      const SUPERGRAPH = `${keys.path}.graphql`;
      await writeFile(SUPERGRAPH, supergraph(url));
      expect([url, readGateway({ SUPERGRAPH }).isSandbox]).toEqual([url, isSandbox]);
    }
  });

  it('requires a secret for its services in production, and signs nothing without one', async () => {
    expect(readGateway({ ...SERVICES }).access?.subgraphSecret).toBeUndefined();
    expect(readGateway({ ...SERVICES, NODE_ENV: 'production' }).problems).toEqual([
      expect.stringMatching(/^SUBGRAPH_SECRET must be set/),
    ]);
    const SUBGRAPH_SECRET = 'x'.repeat(32);
    expect(
      readGateway({ ...SERVICES, NODE_ENV: 'production', SUBGRAPH_SECRET }).access?.subgraphSecret,
    ).toBe(SUBGRAPH_SECRET);
    expect(readGateway({ SUBGRAPH_SECRET }).access?.subgraphSecret).toBeUndefined();
    const SUPERGRAPH = `${keys.path}.graphql`;
    await writeFile(
      SUPERGRAPH,
      'enum join__Graph { A @join__graph(name: "a", url: "https://a.test") }',
    );
    expect(
      readGateway({ SUPERGRAPH, NODE_ENV: 'production' }).access?.subgraphSecret,
    ).toBeUndefined();
    expect(
      readGateway({ SUPERGRAPH, NODE_ENV: 'production', SUBGRAPH_SECRET }).access?.subgraphSecret,
    ).toBe(SUBGRAPH_SECRET);
  });
});
