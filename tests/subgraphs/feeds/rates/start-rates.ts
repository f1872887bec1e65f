import { readFileSync } from 'node:fs';
import type { FusedSubgraph } from '../../../../gateway/engines/fused/subgraph-schema.ts';
import { startSandbox } from '../../../../sandbox/sandbox.ts';
import { openFeed } from '../../../../subgraphs/feeds/feed.ts';
import { rates } from '../../../../subgraphs/feeds/rates/rates-feed.ts';
import { fuse } from '../../connect/start-connectors.ts';

const readSdl = (name: string) => readFileSync(`schema/${name}.graphql`, 'utf8');

const openRates = (ecb: string | undefined) =>
  openFeed('rates', rates, readSdl, { contact: 'test@example.com', baseUrls: { ecb } });

/** The SDL of the feed as an ordinary subgraph. */
export const ratesSdl = (): string => openRates(undefined).sdl;

/** Starts the sandbox vendor of the European Central Bank, and the feed over it fused with other subgraphs. */
export async function startRates(others: readonly FusedSubgraph[] = []) {
  const sandbox = await startSandbox({ vendors: ['ecb'] });
  const graph = fuse(openRates(sandbox.environment['ECB_BASE_URL']), others);
  return {
    ecb: sandbox.ecb,
    graph,
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await sandbox.close();
    },
  };
}
