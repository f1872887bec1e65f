import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FloodedGateway, startFloodedGateway, TOLERANCE } from './flooded-gateway.ts';
import type { Held } from './flooded-program.ts';
import { served, STREAM_FLOODS } from './stream-floods.ts';

let gateway: FloodedGateway;
let idle: Held;
beforeAll(async () => {
  gateway = await startFloodedGateway();
  await served(gateway);
  idle = await gateway.ask('collected');
}, 60_000);
afterAll(() => gateway.close());

describe('the gateway serves others, and its heap and sockets are back within 5 %, after', () => {
  it.each(STREAM_FLOODS.map(({ name, flood }) => [name, flood] as const))(
    '%s',
    async (_name, flood) => {
      // What the first flood leaves in caches belongs to the process.
      await flood(gateway);
      await served(gateway);
      const before = { ...(await gateway.ask('collected')), sockets: idle.sockets };
      for (let round = 0; round < 3; round += 1) await flood(gateway);
      await served(gateway);
      const after = await gateway.settled(before);
      expect(after.heapBytes / before.heapBytes).toBeLessThanOrEqual(TOLERANCE);
      expect(after.bufferBytes / before.bufferBytes).toBeLessThanOrEqual(TOLERANCE);
      expect(after.sockets).toBeLessThanOrEqual(idle.sockets);
    },
    120_000,
  );
});
