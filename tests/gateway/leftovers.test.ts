import { setImmediate as turn } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway } from './start-gateway.ts';

const QUERY = '{ customers(first: 3) { nodes { name payments(first: 1) { nodes { id } } address { place { id } } } } }';

/** What keeps a process from ending: timers, connections, servers. */
const held = () => process.getActiveResourcesInfo().sort();

let sandbox: Sandbox;
let before: readonly string[];
beforeAll(async () => {
  sandbox = await startSandbox();
  // What the first request of a process leaves behind for good belongs to the process.
  const gateway = await startTestGateway({ mode: 'distributed', sandbox });
  await gateway.query(QUERY);
  await gateway.close();
  await sandbox.close();
  while (held().some((kind) => kind.startsWith('TCP'))) await turn();
  before = held();
});

// A rejection that nobody handles fails a test by itself.
describe.each(['embedded', 'distributed'] as const)('%s', (mode) => {
  it.each(['hang', 'drip', 'reset-after', 'truncate', '429-retry-after'] as const)(
    'nothing is left of a vendor that answers with %s: no timer, no connection, no rejection that nobody handles',
    async (fault) => {
      const vendors = await startSandbox();
      const gateway = await startTestGateway({ mode, sandbox: vendors, environment: { REQUEST_TIMEOUT_MS: '300' } });
      for (const vendor of [vendors.hubspot, vendors.stripe, vendors.google]) vendor.fault = fault;
      expect((await gateway.query(QUERY)).errors).toBeDefined();
      vendors.hubspot.fault = null;
      expect((await gateway.query(QUERY)).errors).toBeDefined();
      await gateway.close();
      await vendors.close();
      // Connections close a turn of the event loop later.
      while (held().length > before.length) await turn();
      expect(held()).toEqual(before);
    },
  );
});
