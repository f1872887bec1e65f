import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, it } from '@jest/globals';
import { VARIABLES } from '../../bin/program-settings.ts';

const secrets = [...VARIABLES].flatMap(([name, { isSecret }]) => (isSecret ? [name] : [])).sort();

it('every secret can be given in a file: keys of vendors, secrets of this server, URLs that may hold a password', () => {
  expect(secrets).toEqual([
    'GOOGLE_MAPS_API_KEY',
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'HUBSPOT_ACCESS_TOKEN',
    'HUBSPOT_CLIENT_SECRETS',
    'MAP_SIGNING_SECRET',
    'REDIS_URL',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRETS',
    'SUBGRAPH_SECRET',
  ]);
});

it('every setting of the code that is a secret is known to the programs', () => {
  const declared = ['gateway', 'monitoring', 'state', 'subgraphs', 'upstream'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join(root, name), 'utf8').matchAll(
          /\b([A-Z][A-Z0-9_]+): (?:secrets?|markSecret|redisUrl)\(/g,
        ),
      ])
      .map(([, name]) => name),
  );
  expect([...new Set(declared)].sort()).toEqual(secrets);
});

it('.env.example sets nothing, and names only settings that exist, the credential of each vendor among them', () => {
  const text = readFileSync('.env.example', 'utf8');
  const named = Array.from(text.matchAll(/^#([A-Z][A-Z\d_]*)=/gm), ([, name]) => name ?? '');

  expect(parseEnv(text)).toEqual({});
  expect(named.filter((name) => !VARIABLES.has(name))).toEqual([]);
  expect(named).toEqual(
    expect.arrayContaining(['HUBSPOT_ACCESS_TOKEN', 'STRIPE_SECRET_KEY', 'GOOGLE_MAPS_API_KEY']),
  );
});
