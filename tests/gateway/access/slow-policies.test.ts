import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { bearer } from './token-issuer.ts';
import { openRefused } from '../streams/open-test-stream.ts';

describe('a module of POLICIES that never decides', () => {
  let folder: string;
  let keys: KeyFile;
  let headers: Record<string, string>;
  let gateway: TestGateway;
  beforeAll(async () => {
    folder = await mkdtemp(`${tmpdir()}/policies-`);
    const module = `${folder}/policies.mjs`;
    await writeFile(module, 'export default () => new Promise(() => {});\n');
    keys = await createKeyFile();
    headers = bearer(await keys.add({ scopes: ['personal:read'] }));
    gateway = await startTestGateway({
      extend: {
        crm: 'extend type Company { staff: String @property(name: "name") @policy(policies: [["present"]]) }',
      },
      environment: { API_KEYS_FILE: keys.path, POLICIES: module, REQUEST_TIMEOUT_MS: '4000' },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await keys.remove();
    await rm(folder, { recursive: true });
  });

  it('fails a query at its time limit', async () => {
    const { errors } = await gateway.query(
      '{ companies(first: 1) { nodes { staff } } }',
      undefined,
      headers,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true } }]);
  });

  it('refuses a subscription at its time limit', async () => {
    const { error } = await openRefused(
      gateway,
      'subscription { companyChanged { company { staff } } }',
      { headers, transport: 'sse' },
    );
    expect(error?.extensions).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it('does not affect operations without policies', async () => {
    const { errors } = await gateway.query(
      '{ companies(first: 1) { nodes { name } } }',
      undefined,
      headers,
    );
    expect(errors).toBeUndefined();
  });
});
