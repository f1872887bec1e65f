/**
 * Asks a gateway while its vendors fail, ends it, and prints what still keeps this process from ending. A process of its own:
 * in one of Jest's, connections of other files come and go.
 *
 *     tsx leftovers-program.ts embedded|distributed <fault> ...
 *
 * Prints a line for each fault: `{"fault", "errors": [<how many while all fail>, <while one is back>], "before": [<kind of
 * resource>], "after": [...]}`. An unhandled rejection ends it with 1.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from './start-gateway.ts';

const QUERY =
  '{ customers(first: 3) { nodes { name payments(first: 1) { nodes { id } } address { place { id } } } } }';
const [mode, ...faults] = process.argv.slice(2) as [
  NonNullable<TestGatewayOptions['mode']>,
  ...Sandbox['hubspot']['fault'][],
];

/** What keeps a process from ending: timers, connections, servers; without what ends with the turn that it was asked in. */
const held = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Immediate')
    .sort();

async function withGateway<T>(
  environment: Record<string, string>,
  use: (gateway: TestGateway, sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox();
  const gateway = await startTestGateway({ mode, sandbox, environment });
  const result = await use(gateway, sandbox);
  await gateway.close();
  await sandbox.close();
  return result;
}

/** Waits for connections, which close some turns of the event loop later; what stays for five seconds stays. */
async function settled(isSettled: () => boolean): Promise<readonly string[]> {
  const giveUpAt = performance.now() + 5_000;
  while (!isSettled() && performance.now() < giveUpAt) await turn();
  return held();
}

// What the first request of a process leaves behind for good belongs to the process.
await withGateway({}, (gateway) => gateway.query(QUERY));
// Files may be written still, by what compiles this program.
const before = await settled(
  () => !held().some((kind) => kind.startsWith('TCP') || kind.startsWith('FS')),
);

for (const fault of faults) {
  const errors = await withGateway({ REQUEST_TIMEOUT_MS: '300' }, async (gateway, sandbox) => {
    for (const vendor of [sandbox.hubspot, sandbox.stripe, sandbox.google]) vendor.fault = fault;
    const failing = await gateway.query(QUERY);
    sandbox.hubspot.fault = null;
    const recovering = await gateway.query(QUERY);
    return [failing, recovering].map((answer) => answer.errors?.length ?? 0);
  });
  const after = await settled(() => held().length <= before.length);
  console.log(JSON.stringify({ fault, errors, before, after }));
}
