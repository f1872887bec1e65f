import { readFileSync } from 'node:fs';
import type { FusedSubgraph } from '../../../../gateway/engines/fused/subgraph-schema.ts';
import { createEcbSandboxVendor } from '../../../../sandbox/ecb/ecb-sandbox-vendor.ts';
import { startSandboxVendorServer } from '../../../../sandbox/sandbox-vendor-server.ts';
import { withComputedFields } from '../../../../subgraphs/connect/computed-fields.ts';
import { ratesFields } from '../../../../subgraphs/feeds/rates/rates-fields.ts';
import { fuse, readFile } from '../../connect/start-connectors.ts';

const readSdl = (name: string) => readFileSync(`schema/feeds/${name}.graphql`, 'utf8');

const ratesFile = (baseUrl: string) =>
  withComputedFields(
    readFile(readSdl('rates'), { ecb: { baseUrl: `${baseUrl}/service` } }),
    ratesFields(readSdl('rates-computed')),
  );

/** The SDL of the feed as an ordinary subgraph. */
export const ratesSdl = (): string => ratesFile('http://127.0.0.1:9').sdl;

/** Starts the look-alike of the European Central Bank, and the feed over it fused with other subgraphs. */
export async function startRates(others: readonly FusedSubgraph[] = []) {
  const ecb = await startSandboxVendorServer({
    sandboxVendor: createEcbSandboxVendor(),
    latencyMs: 0,
    fault: null,
    limits: false,
  });
  const graph = fuse(ratesFile(ecb.baseUrl), others);
  return {
    ecb,
    graph,
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await ecb.stop();
    },
  };
}
