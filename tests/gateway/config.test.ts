import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Environment, parseSettings, type Problems } from '../../settings/settings.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../../gateway/admission/document-limits.ts';
import { gatewaySettings } from '../../gateway/config.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';

function read(environment: Environment) {
  const problems: Problems = [];
  return { config: parseSettings(gatewaySettings(SUBGRAPHS), environment, problems), problems };
}

describe('the configuration of the gateway', () => {
  it('needs nothing', () => {
    expect(read({})).toEqual({
      problems: [],
      config: {
        host: '127.0.0.1',
        port: 4000,
        requestTimeoutMs: 10_000,
        limits: expect.objectContaining({ document: DEFAULT_DOCUMENT_LIMITS }),
        compression: true,
        production: false,
        drainDelayMs: 0,
        introspection: true,
        playground: true,
        logLevel: 'warn',
        trustedProxies: [],
        connections: {
          max: expect.any(Number),
          maxPerAddress: 256,
          maxUnreadBytes: 64 * 1024 * 1024,
          unreadMs: 30_000,
        },
        execution: { mode: 'embedded' },
        safelist: undefined,
        costLimits: { maxCost: 50_000, maxVendorCalls: 500 },
        policiesFile: undefined,
        corsOrigins: [],
      },
    });
  });

  it('gives health and metrics another port than everything else', () => {
    expect(read({ METRICS_PORT: '9464' }).config?.metricsPort).toBe(9464);
    expect(read({ PORT: '9464', METRICS_PORT: '9464' }).problems).toEqual([
      'METRICS_PORT must be another port than PORT.',
    ]);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(read({}).config)).toBe(true);
  });

  it('counts an empty variable as unset', () => {
    expect(read({ PORT: '', SUPERGRAPH: '' }).config).toMatchObject({
      port: 4000,
      execution: { mode: 'embedded' },
    });
  });

  it('shows nothing in production', () => {
    expect(read({ NODE_ENV: 'production' }).config).toMatchObject({
      introspection: false,
      playground: false,
      logLevel: 'info',
      drainDelayMs: 5000,
    });
  });

  it('shows in production what it is asked to', () => {
    const { config } = read({ NODE_ENV: 'production', INTROSPECTION: 'true', PLAYGROUND: 'true' });
    expect(config).toMatchObject({ introspection: true, playground: true });
  });

  it('is distributed by three URLs', () => {
    const urls = {
      crm: 'http://crm:4001/graphql',
      payments: 'http://payments:4002/graphql',
      maps: 'https://maps.test/graphql',
    };
    const { config } = read({
      CRM_SUBGRAPH_URL: urls.crm,
      PAYMENTS_SUBGRAPH_URL: urls.payments,
      MAPS_SUBGRAPH_URL: urls.maps,
    });
    expect(config?.execution).toEqual({ mode: 'distributed', urls });
  });

  it('serves any supergraph', () => {
    const file = new URL('../../schema/supergraph.graphql', import.meta.url).pathname;
    expect(read({ SUPERGRAPH: file }).config?.execution).toMatchObject({
      mode: 'supergraph',
      supergraph: { sdl: readFileSync(file, 'utf8') },
    });
  });

  it('says all that is wrong with it at once', () => {
    const { config, problems } = read({
      PORT: 'abc',
      HOST: 'a b',
      REQUEST_TIMEOUT_MS: '0',
      INTROSPECTION: 'yes',
      LOG_LEVEL: 'loud',
      NODE_ENV: 'Production',
      CRM_SUBGRAPH_URL: 'ftp://crm',
      MAPS_SUBGRAPH_URL: 'http://u:p@maps',
      PAYMENTS_SUBGRAPH_URL: 'http://payments/?x=1',
    });
    expect(config).toBeUndefined();
    expect(problems).toEqual([
      'PORT must be an integer from 0 to 65535.',
      'HOST must be a host name or an IP address.',
      'REQUEST_TIMEOUT_MS must be an integer from 1 to 600000.',
      'INTROSPECTION must be one of true, false.',
      'LOG_LEVEL must be one of silent, error, warn, info, debug.',
      'NODE_ENV must be production, development or test, or unset.',
      'CRM_SUBGRAPH_URL must be an http or https URL.',
      'PAYMENTS_SUBGRAPH_URL must be a URL without user name, password, query or fragment.',
      'MAPS_SUBGRAPH_URL must be a URL without user name, password, query or fragment.',
    ]);
  });

  it('allows the listed origins', () => {
    const origins = 'https://shop.example.com, http://localhost:5173';
    expect(read({ CORS_ORIGINS: origins }).config?.corsOrigins).toEqual([
      'https://shop.example.com',
      'http://localhost:5173',
    ]);
    expect(read({ CORS_ORIGINS: '*' }).config?.corsOrigins).toEqual(['*']);
  });

  it.each([
    'https://shop.example.com/',
    'shop.example.com',
    'https://*.example.com',
    '*,https://a.test',
    'null',
    'https://SHOP.test',
    ',',
  ])('lets in no origin that browsers do not send: %s', (origins) => {
    expect(read({ CORS_ORIGINS: origins }).problems).toEqual([
      'CORS_ORIGINS must be origins such as https://shop.example.com, separated by commas and without a path, or * alone.',
    ]);
  });

  it.each([
    [
      { CRM_SUBGRAPH_URL: 'http://crm/graphql', MAPS_SUBGRAPH_URL: 'http://maps/graphql' },
      'CRM_SUBGRAPH_URL, PAYMENTS_SUBGRAPH_URL and MAPS_SUBGRAPH_URL must be set together, but PAYMENTS_SUBGRAPH_URL is not.',
    ],
    [
      { CRM_SUBGRAPH_URL: 'http://crm/graphql' },
      'CRM_SUBGRAPH_URL, PAYMENTS_SUBGRAPH_URL and MAPS_SUBGRAPH_URL must be set together, but PAYMENTS_SUBGRAPH_URL and MAPS_SUBGRAPH_URL are not.',
    ],
    [
      { SUPERGRAPH: '/nowhere/supergraph.graphql' },
      'SUPERGRAPH must name a file that can be read, but is "/nowhere/supergraph.graphql".',
    ],
    [{ SUPERGRAPH: '/tmp' }, 'SUPERGRAPH must name a file that can be read, but is "/tmp".'],
    [
      { SUPERGRAPH: 'package.json' },
      'SUPERGRAPH must name a Federation v2 supergraph, but "package.json" contains something else.',
    ],
    [
      { SUPERGRAPH: 'schema/crm.graphql' },
      'SUPERGRAPH must name a Federation v2 supergraph, but "schema/crm.graphql" contains something else.',
    ],
    [
      { SUPERGRAPH: 'schema/supergraph.graphql', MAPS_SUBGRAPH_URL: 'http://maps/graphql' },
      'SUPERGRAPH names the URLs of its subgraphs itself, so CRM_SUBGRAPH_URL, PAYMENTS_SUBGRAPH_URL and MAPS_SUBGRAPH_URL must be unset.',
    ],
  ])('does not guess how to run the graph: %j', (environment, problem) => {
    expect(read(environment)).toEqual({ config: undefined, problems: [problem] });
  });
});
