import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { MapsProvider } from '../../subgraphs/maps/provider.ts';
import { mapsSettings } from '../../subgraphs/maps/settings.ts';
import { MAPS_VENDORS } from '../../subgraphs/maps/vendors.ts';
import { createProvider } from './create-provider.ts';
import { createScope, MAPS_PROVIDER_CASES } from './maps-provider.ts';

/** Starts each vendor's sandbox vendor. */
const START = {
  google: () => startSandbox({ vendors: ['google'] }),
};

describe.each(Object.entries(START))('the maps provider %s', (vendor, start) => {
  let sandbox: Awaited<ReturnType<typeof start>>;
  let provider: MapsProvider;
  beforeAll(async () => {
    sandbox = await start();
    provider = createProvider(MAPS_VENDORS[vendor], mapsSettings, sandbox.environment);
  });
  afterAll(async () => {
    await provider.close();
    await sandbox.close();
  });

  it.each(MAPS_PROVIDER_CASES.map((one) => [one.id, one.promise, one] as const))(
    '%s %s',
    async (_id, _promise, one) => {
      await one.run(provider, createScope());
    },
  );
});
