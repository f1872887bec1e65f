import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { MapsProvider } from '../../subgraphs/maps/provider.ts';
import { MAPS_VENDORS } from '../../subgraphs/maps/vendors.ts';
import { createScope, MAPS_PROVIDER_CASES } from './maps-provider.ts';

/** Starts each vendor's look-alike. */
const START = {
  google: () => startSandbox({ vendors: ['google'] }),
};

describe.each(Object.entries(START))('the maps provider %s', (vendor, start) => {
  let sandbox: Awaited<ReturnType<typeof start>>;
  let provider: MapsProvider;
  beforeAll(async () => {
    sandbox = await start();
    const problems: string[] = [];
    const created = MAPS_VENDORS[vendor]?.create(sandbox.environment, problems);
    if (created === undefined) throw new Error(problems.join('\n'));
    provider = created;
  });
  afterAll(async () => {
    await provider.close();
    await sandbox.close();
  });

  it.each(MAPS_PROVIDER_CASES.map((one) => [one.id, one.promise, one] as const))('%s %s', async (_id, _promise, one) => {
    await one.run(provider, createScope());
  });
});
