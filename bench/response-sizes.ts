// Prints the size of some responses in each encoding, and the CPU time of compressing them: `npx tsx bench/response-sizes.ts [url]`.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const PAGE = `query Page($first: Int!) {
  customers(first: $first) {
    nodes {
      id name email phone jobTitle createdAt updatedAt
      company { id name domain }
      address { formatted city postalCode countryCode }
      payments(first: 3) { nodes { id status createdAt amount { amount currency } } }
    }
  }
}`;

const RUNS = 300;

const [gateway = 'http://localhost:4000'] = process.argv.slice(2);
for (const first of [1, 5, 20, 50]) console.table({ [first]: await measure(first) });

async function measure(first: number) {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    body: JSON.stringify({ query: PAGE, variables: { first } }),
  });
  const body = await response.text();
  const params = { [constants.BROTLI_PARAM_QUALITY]: 3 };
  const gzip = () => gzipSync(body, { level: 6 });
  const brotli = () => brotliCompressSync(body, { params });
  return {
    bytes: Buffer.byteLength(body),
    gzipBytes: gzip().length,
    gzipMs: cpuMs(gzip),
    brotliBytes: brotli().length,
    brotliMs: cpuMs(brotli),
  };
}

/** Per run, after as many to warm up. */
function cpuMs(run: () => unknown): number {
  for (let i = 0; i < RUNS; i++) run();
  const start = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) run();
  const { user, system } = process.cpuUsage(start);
  return Math.round((user + system) / RUNS) / 1000;
}
