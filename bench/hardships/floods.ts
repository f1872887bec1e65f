import { constants, setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { FLOODS } from '../../tests/abuse/floods.ts';
import { type Phase, type Side, startSide, sumUp, watch } from '../abuse/side.ts';
import { built, start } from '../processes.ts';

export interface FloodOptions {
  /** Of each phase: a calm one before each flood, and one with it. */
  readonly seconds: number;
}

const WARM_UP_SECONDS = 10;

/** After which all that a flood took must be back. */
const RECOVERY_MS = 10_000;

/**
 * Whether a good caller notices floods of connections without a credential, and what they leave behind. Beside it, another asks another gateway
 * on the same machine, as in the measurement of abuse: the flood takes its share of the machine too.
 */
export async function measureFloods({ seconds }: FloodOptions) {
  const [flooded, bystander] = [await startSide(), await startSide()];
  const watchBoth = () => Promise.all([watch(flooded, seconds), watch(bystander, seconds)]);
  await Promise.all([flooded.good.ask(WARM_UP_SECONDS), bystander.good.ask(WARM_UP_SECONDS)]);
  const rows = [];
  for (const { name } of FLOODS) {
    const flooder = start(built('bench/flooder'), [flooded.gateway.url, name], {});
    // It would have machines of its own.
    if (flooder.pid !== undefined) setPriority(flooder.pid, constants.priority.PRIORITY_LOW);
    const before = await stateOf(flooded);
    const [calm] = await watchBoth();
    flooder.send('begin');
    const [during, beside] = await watchBoth();
    flooder.send('end');
    await wait(RECOVERY_MS);
    const after = await stateOf(flooded);
    flooder.kill();
    rows.push(rowOf(name, { calm, during, beside }, before, after));
  }
  for (const side of [flooded, bystander]) await side.close();
  console.table(rows);
  return {
    worstP99Ratio: Math.max(...rows.map(({ p99Ratio }) => p99Ratio)),
    worstDescriptorRatio: Math.max(...rows.map(({ descriptorRatio }) => descriptorRatio)),
    worstMemoryRatio: Math.max(...rows.map(({ memoryRatio }) => memoryRatio)),
  };
}

interface State {
  readonly descriptors: number;
  /** Bytes in use after a collection. */
  readonly heap: number;
}

async function stateOf({ gateway }: Side): Promise<State> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const { heapBytes } = await gateway.ask('memory');
  return { descriptors: Number(/^process_open_fds (\d+)$/m.exec(metrics)?.[1]), heap: heapBytes };
}

function rowOf(
  name: string,
  {
    calm,
    during,
    beside,
  }: { readonly calm: Phase; readonly during: Phase; readonly beside: Phase },
  before: State,
  after: State,
) {
  const [calmP99Ms, p99Ms, besideP99Ms] = [calm, during, beside].map(
    (phase) => sumUp([phase]).p99Ms,
  );
  return {
    name,
    calmP99Ms,
    p99Ms,
    besideP99Ms,
    p99Ratio: (p99Ms ?? NaN) / (besideP99Ms ?? NaN),
    cpuShare: during.cpuShare,
    descriptorRatio: after.descriptors / before.descriptors,
    memoryRatio: after.heap / before.heap,
  };
}
